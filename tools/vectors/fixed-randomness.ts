import { createHash } from "node:crypto";

/**
 * Runs an action in which all randomness comes from a seed, that of libraries too: they ask crypto.getRandomValues.
 * For vectors alone, where a request must come out the same each time.
 */
export async function withFixedRandomness<Result>(
  seed: string,
  action: (random: (sizeBytes: number) => Uint8Array) => Promise<Result>,
): Promise<Result> {
  let counter = 0;
  const fill = <Target extends ArrayBufferView>(target: Target): Target => {
    const bytes = new Uint8Array(target.buffer, target.byteOffset, target.byteLength);
    for (let offset = 0; offset < bytes.length; offset += 32) {
      counter += 1;
      const block = createHash("sha256").update(`${seed} ${counter}`).digest();
      bytes.set(block.subarray(0, Math.min(32, bytes.length - offset)), offset);
    }
    return target;
  };
  Object.defineProperty(globalThis.crypto, "getRandomValues", { value: fill, configurable: true });
  try {
    return await action((sizeBytes) => fill(new Uint8Array(sizeBytes)));
  } finally {
    Reflect.deleteProperty(globalThis.crypto, "getRandomValues");
  }
}
