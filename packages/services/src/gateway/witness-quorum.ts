import { CocoonError, fromHex } from "@cocoon/protocol";
import type { WitnessQuorum } from "@cocoon/sdk";
import type { WitnessRule } from "../config/index.ts";

/** The witnesses of a configuration, whose keys are hex there. Throws option_invalid. */
export function quorumOf({ keys, threshold }: WitnessRule): WitnessQuorum {
  return {
    threshold,
    keys: keys.map(({ name, publicKey: hex }) => {
      const publicKey = fromHex(hex);
      if (publicKey?.length !== 32) throw new CocoonError("option_invalid", { field: "publicKey" });
      return { name, publicKey };
    }),
  };
}
