// The witness, put together: a key, a database, an HTTP server.

import { type CocoonError, createSigningKey, toHex } from "@cocoon/protocol";
import { join } from "node:path";
import { loadSeeds, type WitnessConfig } from "../config/index.ts";
import { createApp, serveHttp } from "../http/index.ts";
import type { Logger } from "../observe/index.ts";
import { openStore } from "../store/index.ts";
import { addWitnessRoutes } from "./routes.ts";
import { Witness, witnessMigrations, type WitnessModules } from "./witness.ts";

export type WitnessRunModules = Pick<WitnessModules, "logKeyOf" | "now"> & {
  /** Opens the keystore, where the network needs one. */
  readonly passphrase?: string | undefined;
  readonly logger: Logger;
};

export type RunningWitness = {
  readonly port: number;
  /** The key that logs and clients must know. 32 bytes. */
  readonly publicKey: Uint8Array;
  readonly failed: Promise<CocoonError>;
  readonly close: () => Promise<void>;
};

/** Starts a witness. Throws option_invalid. */
export async function runWitness(
  config: WitnessConfig,
  modules: WitnessRunModules,
): Promise<RunningWitness> {
  const seeds = loadSeeds(join(config.home, "keys.json"), ["witness"], {
    networkId: config.networkId,
    passphrase: modules.passphrase,
  });
  const key = createSigningKey(seeds.witness);
  const store = openStore(join(config.home, "witness.db"), witnessMigrations, { isRole: true });
  const app = createApp(modules.logger);
  addWitnessRoutes(app, new Witness({ ...modules, store, key, name: config.name }));
  try {
    const server = await serveHttp(app, config);
    const publicKey = toHex(key.publicKey);
    modules.logger.event("witness_listening", { port: server.port, publicKey });
    return {
      port: server.port,
      publicKey: key.publicKey,
      failed: store.failed,
      close: async () => {
        await server.close(1_000);
        store.close();
      },
    };
  } catch (error) {
    store.close();
    throw error;
  }
}
