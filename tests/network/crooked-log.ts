// A bonded log in the test's own hands: it signs, serves and promises whatever the test wants.

import {
  type BondVouch,
  bondVouchJson,
  claimsHash,
  createSigningKey,
  logOrigin,
  nanotons,
  primitives,
  type RawAddress,
  signCheckpoint,
  toBase64,
  type SigningKey,
  toHex,
  utf8,
} from "@cocoon/protocol";
import { registerProxyBond } from "@cocoon/sdk";
import {
  addLogRoutes,
  createApp,
  createLogger,
  openStore,
  ReceiptLog,
  receiptLogMigrations,
  serveHttp,
  TileFolder,
} from "@cocoon/services";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Network } from "./harness.ts";

const ton = 1_000_000_000n;

export type CrookedLog = {
  readonly bond: RawAddress;
  readonly key: SigningKey;
  readonly url: string;
  /** Logs these entries and publishes a checkpoint of all. */
  readonly grow: (entries: readonly Uint8Array[]) => Promise<void>;
  /** Forgets everything: what grows next is another history under the same key. */
  readonly forget: () => Promise<void>;
  /** Serves the identity of a worker beside the log. */
  readonly publish: (claims: Uint8Array, vouch: BondVouch) => void;
  readonly sign: (size: number, root: Uint8Array) => string;
  readonly close: () => Promise<void>;
};

/** Bonds a log and serves it, empty as yet. */
export async function startCrookedLog(network: Network, name: string): Promise<CrookedLog> {
  const { chain, devnet, home } = network;
  const key = createSigningKey(primitives.sha256(utf8(name)));
  const wallet = network.wallet(name);
  await devnet.faucet(wallet.address, 100n * ton);
  const { proxyBond: bond } = await registerProxyBond(wallet, {
    salt: 1n,
    bond: nanotons(10n * ton),
    anchorBudget: nanotons(ton),
    terms: {
      url: "127.0.0.1:1",
      logKey: key.publicKey,
      feeBps: 100,
      closeDelaySeconds: 172_800,
    },
  });
  const folder = join(home, name, "log");
  mkdirSync(folder, { recursive: true });
  let lives = 0;
  const open = () => {
    lives += 1;
    const store = openStore(join(home, name, `log-${lives}.db`), receiptLogMigrations);
    const log = new ReceiptLog(store, key, bond, chain.networkId);
    return { store, log, tiles: new TileFolder(log, folder) };
  };
  let current = open();
  const app = createApp(createLogger({ role: name, level: "silent" }));
  addLogRoutes(app, folder);
  const identities = new Map<string, object>();
  app.get("/identity/:hash", (context) => {
    const identity = identities.get(context.req.param("hash"));
    return identity === undefined
      ? new Response(undefined, { status: 404 })
      : Response.json(identity);
  });
  const server = await serveHttp(app, { host: "127.0.0.1", port: 0 });
  return {
    bond,
    key,
    url: `http://127.0.0.1:${server.port}`,
    grow: async (entries) => {
      const { store, log, tiles } = current;
      for (const entry of entries) {
        await store.commit((db) =>
          log.append(db, [{ request: toHex(primitives.randomBytes(16)), receipt: entry }]),
        );
      }
      await log.publishCheckpoint();
      await tiles.publish();
    },
    forget: () => {
      current.store.close();
      current = open();
      return Promise.resolve();
    },
    publish: (claims, vouch) => {
      const json = { claims: toBase64(claims), vouch: bondVouchJson(vouch) };
      identities.set(claimsHash(claims), json);
    },
    sign: (size, root) =>
      signCheckpoint(key, { origin: logOrigin(chain.networkId, bond), size, root }),
    close: async () => {
      await server.close(0);
      current.store.close();
    },
  };
}
