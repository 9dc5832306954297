import { createLogKeys, environment, readWitnessConfig, runWitness } from "@cocoon/services";
import { toHex } from "@cocoon/protocol";
import { openChain } from "./chain.ts";
import type { PrepareRole } from "./role.ts";

/** A witness: it follows the logs of all bonds of its network, and those that its configuration names. */
export const prepareWitness: PrepareRole = async (json, logger) => {
  const config = readWitnessConfig(json);
  const { endpoints, networkId } = config;
  return {
    discard: () => Promise.resolve(),
    start: async () => {
      const chain =
        endpoints === undefined ? undefined : openChain({ endpoints, networkId }, logger);
      const witness = await runWitness(config, {
        logKeyOf: createLogKeys({ ...config, chain, now: Date.now }),
        logger,
        now: Date.now,
        passphrase: environment().passphrase,
      });
      const publicKey = toHex(witness.publicKey);
      return {
        facts: { port: witness.port, publicKey },
        failed: witness.failed,
        close: witness.close,
      };
    },
  };
};
