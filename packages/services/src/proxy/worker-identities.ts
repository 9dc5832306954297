// Who the workers are whose receipts stand in the log: published beside it, so that anybody can hold them to what they signed.

import {
  bondVouchJson,
  CocoonError,
  fromHex,
  parseBundle,
  parseClaims,
  type RawAddress,
  toBase64,
  toHex,
} from "@cocoon/protocol";
import type { HttpApp } from "../http/index.ts";
import type { Store } from "../store/index.ts";
import type { ConnectedWorker } from "./workers.ts";

export const workerIdentityMigrations: readonly string[] = [
  `CREATE TABLE worker_identities (
     claims_hash BLOB PRIMARY KEY,
     claims BLOB NOT NULL,
     bond TEXT,
     not_after INTEGER,
     signature BLOB
   ) STRICT;`,
];

type IdentityRow = {
  readonly claims: Uint8Array;
  readonly bond: string | null;
  readonly not_after: bigint | null;
  readonly signature: Uint8Array | null;
};

/** Writes down who a worker is, before anything is offered from it: then every receipt's signer can be found. */
export async function publishIdentity(
  store: Store,
  { attested, bundle, vouch }: Pick<ConnectedWorker, "attested" | "bundle" | "vouch">,
): Promise<void> {
  const hash = fromHex(attested.claimsHash) ?? new Uint8Array();
  await store.commit((db) => {
    db.prepare("INSERT INTO worker_identities VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING").run(
      hash,
      parseBundle(bundle).claims,
      vouch?.bond ?? null,
      vouch?.notAfterSeconds ?? null,
      vouch?.signature ?? null,
    );
  });
}

/** Who is paid for the answers of a worker, by the hash of its claims; undefined for one that was never offered here. */
export function payoutOf(store: Store, claimsHash: Uint8Array): RawAddress | undefined {
  const row = store.db
    .prepare<IdentityRow>("SELECT * FROM worker_identities WHERE claims_hash = ?")
    .get(claimsHash);
  return row === undefined ? undefined : parseClaims(row.claims).payout;
}

/** It never changes: the claims are named by their hash. */
const forEver = "public, max-age=31536000, immutable";

/** GET /identity/HASH: the claims that receipts name, and the vouch of a bond if there is one. */
export function addIdentityRoutes(app: HttpApp, store: Store): void {
  app.get("/identity/:hash", (context) => {
    const hash = fromHex(context.req.param("hash"));
    const row =
      hash?.length === 32
        ? store.db
            .prepare<IdentityRow>("SELECT * FROM worker_identities WHERE claims_hash = ?")
            .get(hash)
        : undefined;
    if (hash === undefined || row === undefined) throw new CocoonError("route_unknown");
    const { bond, not_after: notAfter, signature } = row;
    const vouch =
      bond === null || notAfter === null || signature === null
        ? undefined
        : bondVouchJson({ bond, notAfterSeconds: Number(notAfter), signature });
    const identity = { claimsHash: toHex(hash), claims: toBase64(row.claims), vouch };
    return Response.json(identity, { headers: { "cache-control": forEver } });
  });
}
