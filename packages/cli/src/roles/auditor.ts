import { environment, readAuditorConfig, runAuditor } from "@cocoon/services";
import { openChain } from "./chain.ts";
import type { PrepareRole } from "./role.ts";

export const prepareAuditor: PrepareRole = async (json, logger) => {
  const config = readAuditorConfig(json);
  return {
    discard: () => Promise.resolve(),
    start: () => {
      const auditor = runAuditor(config, {
        chain: openChain(config.network, logger),
        logger,
        now: Date.now,
        passphrase: environment().passphrase,
      });
      const { wallet, failed, close } = auditor;
      const facts = { logs: config.logs.length, ...(wallet !== undefined && { wallet }) };
      return Promise.resolve({ facts, failed, close });
    },
  };
};
