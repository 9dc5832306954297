import { environment, readWorkerConfig, runWorker, WorkerMonitor } from "@cocoon/services";
import { profilesOf } from "../network/trust.ts";
import { openDesk } from "../worker/desk.ts";
import { attesterOf } from "./attester.ts";
import { openChain } from "./chain.ts";
import type { PrepareRole } from "./role.ts";
import { loadModel } from "./served-model.ts";

/** A worker: its model is loaded first, which takes longest and needs no network. */
export const prepareWorker: PrepareRole = async (json, logger) => {
  const config = readWorkerConfig(json);
  const { network } = config;
  const now = Date.now;
  const profiles = await profilesOf(network.networkId);
  const attester = await attesterOf(config, { profiles, logger, now });
  const loaded = await loadModel(config, logger);
  const monitor = new WorkerMonitor({ networkId: network.networkId, now });
  return {
    discard: loaded.discard,
    start: async () => {
      const chain = openChain(network, logger);
      const desk = await openDesk(config, { chain, logger, monitor });
      try {
        const worker = await runWorker(config, {
          ...(await loaded.complete(chain)),
          chain,
          attester,
          profiles,
          logger,
          monitor,
          now,
          passphrase: environment().passphrase,
        });
        desk.show(worker);
        return {
          facts: { workerId: worker.workerId },
          failed: worker.failed,
          close: async () => {
            await worker.close();
            await desk.close();
          },
        };
      } catch (error) {
        await desk.close();
        throw error;
      }
    },
  };
};
