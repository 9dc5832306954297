import { type Devnet, startDevnet } from "@cocoon/devnet";
import { errorFields } from "@cocoon/services";
import type { PrepareRole } from "./role.ts";

/** A TON chain for development; see DevnetConfig. */
export const prepareDevnet: PrepareRole = async (config, logger) => {
  const home = config.string("home");
  const port = config.uint("port", 65_535);
  const blockMs = config.uint("blockMs", 60_000);
  return {
    discard: () => Promise.resolve(),
    start: async () => {
      const onFault = (error: unknown): void => logger.error("api_fault", errorFields(error));
      const devnet = await startDevnet({ home, port, blockMs, onFault });
      const { blockCount, transactionCount } = devnet.restored;
      logger.event("chain_up", { port: devnet.port, blockCount, transactionCount });
      return {
        facts: { url: devnet.url, networkId: devnet.networkId, blockCount, transactionCount },
        failed: failureOf(devnet),
        close: () => devnet.stop(),
      };
    },
  };
};

/** Resolves when the chain ended without being told. */
async function failureOf({ stopped }: Devnet): Promise<Error> {
  const failure = await stopped;
  return failure ?? (await new Promise<never>(() => undefined));
}
