/** Below this size of weights more threads only wait for each other: a 3 MB model ran 770 to 1,380 tokens a second on one, 11 to 168 on two. */
export const singleThreadBytesMax = 200_000_000;

/** More than this must be gained for doubling the threads to be worth it. */
const gainMin = 1.1;

/**
 * How many threads make a model fastest: doubles them while that helps, and leaves one core for the node itself.
 * Measure gives tokens a second.
 */
export async function chooseThreads(
  cores: number,
  measure: (threads: number) => Promise<number>,
): Promise<number> {
  let threads = 1;
  if (cores <= 2) return threads;
  let speed = await measure(threads);
  while (threads * 2 < cores) {
    const faster = await measure(threads * 2);
    if (faster < speed * gainMin) break;
    threads *= 2;
    speed = faster;
  }
  return threads;
}
