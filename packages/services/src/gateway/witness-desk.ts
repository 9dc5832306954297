// Whether as many witnesses cosigned a checkpoint as the gateway's owner asks for.

import { CocoonError, fromHex, type LogProof } from "@cocoon/protocol";
import { requireWitnesses, type WitnessQuorum } from "@cocoon/sdk";
import type { WitnessRule } from "../config/index.ts";

export type WitnessDesk = {
  /** How many must cosign; 0 where the log's own word is enough. */
  readonly threshold: number;
  /** Whether enough did. Throws checkpoint_signature_invalid when a line of one of them is not its own. */
  readonly suffice: (request: string, proof: LogProof) => boolean;
  /** How many had cosigned the checkpoint over this receipt when it was last looked at, and were too few. */
  readonly shortfall: (request: string) => number | undefined;
};

export function createWitnessDesk(rule: WitnessRule | undefined, now: () => number): WitnessDesk {
  if (rule === undefined) {
    return { threshold: 0, suffice: () => true, shortfall: () => undefined };
  }
  const quorum = quorumOf(rule);
  /** Only of receipts that wait: one that is through is taken out. */
  const shortfalls = new Map<string, number>();
  return {
    threshold: rule.threshold,
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

function quorumOf({ keys, threshold }: WitnessRule): WitnessQuorum {
  return {
    threshold,
    keys: keys.map(({ name, publicKey: hex }) => {
      const publicKey = fromHex(hex);
      if (publicKey?.length !== 32) throw new CocoonError("option_invalid", { field: "publicKey" });
      return { name, publicKey };
    }),
  };
}
