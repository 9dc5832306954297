import type { Pulse } from "./pulse.ts";

/** A model's name in the root contract, or the beginning of its hash. */
export function modelName({ chain }: Pulse, manifestHash: string): string {
  return chain?.root.models.get(manifestHash)?.name ?? `${manifestHash.slice(0, 8)}…`;
}
