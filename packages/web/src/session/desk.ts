// When a payer may be asked: while somebody waits for it, and not again once it refused.

import { CocoonError } from "@cocoon/protocol";
import type { Payer } from "@cocoon/sdk";

export type Desk = {
  /** Refuses with cancelled, without asking, while nobody waits. */
  readonly payer: Payer;
  /** Runs a task that may need the payer. The controller it gets is aborted with what the payer refused with. */
  readonly paying: <Result>(task: (refused: AbortController) => Promise<Result>) => Promise<Result>;
  /** Whether the payer is being asked now. */
  readonly isAsking: () => boolean;
};

export function createDesk(payer: Payer): Desk {
  const waiting = new Set<AbortController>();
  let asking = 0;
  return {
    isAsking: () => asking > 0,
    payer: {
      address: payer.address,
      pay: async (message) => {
        if (waiting.size === 0)
          throw new CocoonError("cancelled", { reason: "nobody asked to pay" });
        asking += 1;
        try {
          await payer.pay(message);
        } catch (error) {
          for (const refused of waiting) refused.abort(error);
          waiting.clear();
          throw error;
        } finally {
          asking -= 1;
        }
      },
    },
    paying: async (task) => {
      const refused = new AbortController();
      waiting.add(refused);
      try {
        return await task(refused);
      } finally {
        waiting.delete(refused);
      }
    },
  };
}
