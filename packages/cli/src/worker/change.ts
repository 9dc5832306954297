// What a later start may change of a worker that is set up: its prices, how much it takes at once, when it is paid.

import { CocoonError } from "@cocoon/protocol";
import type { WorkerConfig } from "@cocoon/services";
import { onGpu } from "./gpu.ts";
import { followOf } from "./set-up.ts";
import type { Wishes } from "./wishes.ts";

/** Options that decided which worker this is, and what was promised for it. */
const settled = {
  baseUrl: "--engine",
  weightsPath: "--weights",
  model: "--model",
  backendModel: "--backend-model",
  tier: "--tier",
  costPerHour: "--cost",
  bond: "--amount",
  dispute: "--dispute",
} as const satisfies Partial<Record<keyof Wishes, string>>;

/** The configuration with what was asked for. Throws option_invalid for what only another worker can have. */
export function changeConfig(config: WorkerConfig, wishes: Wishes): WorkerConfig {
  for (const [field, option] of Object.entries(settled)) {
    // oxlint-disable-next-line no-unsafe-type-assertion -- the keys of the table above
    if (wishes[field as keyof typeof settled] === undefined) continue;
    throw new CocoonError("option_invalid", {
      option,
      reason: "this worker is set up: give another a --name, or move its configuration away",
    });
  }
  const { ceiling, floor, gpu, payout, price, promptPrice, slots } = wishes;
  const changed = {
    promptPerMillion: promptPrice ?? config.price.promptPerMillion,
    completionPerMillion: price ?? config.price.completionPerMillion,
  };
  const follows = followOf(changed.completionPerMillion, { ceiling, floor });
  return {
    ...config,
    price: changed,
    ...(follows !== undefined && { priceFollowsLoad: follows }),
    ...(slots !== undefined && { slots }),
    ...(payout !== undefined && { settle: { ...config.settle, thresholdNanotons: payout } }),
    ...(gpu !== undefined && { engine: onGpu(config.engine, gpu) }),
  };
}
