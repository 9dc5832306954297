/** Any whole number as one of so many bits: what a sampler takes. The same number is always the same seed. */
export function seedOf(seed: number, bits: number): number {
  return Number(BigInt.asUintN(bits, BigInt(seed)));
}
