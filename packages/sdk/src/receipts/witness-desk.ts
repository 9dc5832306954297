// Whether as many witnesses cosigned a checkpoint as the client asks for.

import { CocoonError, type LogProof } from "@cocoon/protocol";
import { requireWitnesses, type WitnessQuorum } from "../audit/index.ts";

export type WitnessDesk = {
  /** How many must cosign; 0 where the log's own word is enough. */
  readonly threshold: number;
  /** Whether enough did. Throws checkpoint_signature_invalid when a line of one of them is not its own. */
  readonly suffice: (request: string, proof: LogProof) => boolean;
  /** How many had cosigned the checkpoint over this receipt when it was last looked at, and were too few. */
  readonly shortfall: (request: string) => number | undefined;
};

export function createWitnessDesk(
  quorum: WitnessQuorum | undefined,
  now: () => number,
): WitnessDesk {
  if (quorum === undefined) {
    return { threshold: 0, suffice: () => true, shortfall: () => undefined };
  }
  /** Only of receipts that wait: one that is through is taken out. */
  const shortfalls = new Map<string, number>();
  return {
    threshold: quorum.threshold,
    shortfall: (request) => shortfalls.get(request),
    suffice: (request, proof) => {
      try {
        requireWitnesses(proof, quorum, now());
        shortfalls.delete(request);
        return true;
      } catch (error) {
        if (!(error instanceof CocoonError) || error.code !== "cosignatures_missing") throw error;
        shortfalls.set(request, Number(error.details["cosigned"]));
        return false;
      }
    },
  };
}
