/**
 * How old something is that was read at a time of this machine's clock. From a time that is yet to come it is as old as can
 * be: the clock was ahead then, and nobody knows for how long that made it look new.
 */
export function ageOf(readAtMs: number, nowMs: number): number {
  return readAtMs > nowMs ? Infinity : nowMs - readAtMs;
}
