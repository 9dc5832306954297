// Bonds of workers, looked at again: what stood when a worker announced may be leaving or slashed since.

import { CocoonError } from "@cocoon/protocol";
import type { RequireWorkerBond } from "@cocoon/sdk";
import type { Logger } from "../observe/index.ts";
import type { WorkerDirectory } from "./workers.ts";

export type BondReview = {
  readonly directory: Pick<WorkerDirectory, "connected" | "remove">;
  readonly requireBond: RequireWorkerBond;
  readonly logger: Pick<Logger, "event">;
};

/**
 * Stops offering each worker whose bond does not stand any more, and ends its connection: when it comes back it is told
 * why. Throws chain_* when the chain cannot be asked; nobody is removed for that.
 */
export async function reviewBonds({ directory, requireBond, logger }: BondReview): Promise<void> {
  for (const { id, peer, attested, vouch } of directory.connected()) {
    try {
      await requireBond(attested, vouch);
    } catch (error) {
      if (!(error instanceof CocoonError) || error.code !== "bond_insufficient") throw error;
      directory.remove(id, peer);
      logger.event("worker_refused", { code: error.code, workerId: id });
      await peer.close();
    }
  }
}
