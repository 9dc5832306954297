import { environment, readWorkerConfig, runWorker } from "@cocoon/services";
import { profilesOf } from "../network/trust.ts";
import { attesterOf } from "./attester.ts";
import { openChain } from "./chain.ts";
import type { PrepareRole } from "./role.ts";
import { loadModel } from "./served-model.ts";

/** A worker: its model is loaded first, which takes longest and needs no network. */
export const prepareWorker: PrepareRole = async (json, logger) => {
  const config = readWorkerConfig(json);
  const { network } = config;
  const profiles = await profilesOf(network.networkId);
  const attester = await attesterOf(config, { profiles, logger, now: Date.now });
  const loaded = await loadModel(config, logger);
  return {
    discard: loaded.discard,
    start: async () => {
      const chain = openChain(network, logger);
      const worker = await runWorker(config, {
        ...(await loaded.complete(chain)),
        chain,
        attester,
        profiles,
        logger,
        now: Date.now,
        passphrase: environment().passphrase,
      });
      return { facts: { workerId: worker.workerId }, failed: worker.failed, close: worker.close };
    },
  };
};
