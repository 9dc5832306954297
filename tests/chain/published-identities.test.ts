// What a log says of its workers, when it lies: an auditor learns nothing wrong from it, and goes on.

import { vouchForIdentity } from "@cocoon/contracts";
import {
  bondVouchJson,
  claimsHash,
  createSigningKey,
  encodeClaims,
  JsonReader,
  noHash,
  parseJson,
  toBase64,
  toHex,
  workerIdOf,
} from "@cocoon/protocol";
import { registerWorkerBond } from "@cocoon/sdk";
import { createApp, createLogger, type HttpServer, serveHttp, TileReader } from "@cocoon/services";
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { BondedKey } from "../../packages/services/src/auditor/finding.ts";
import { Identities } from "../../packages/services/src/auditor/identities.ts";
import { learnSigners } from "../../packages/services/src/auditor/signers.ts";
import { devnetSuite, seedOf, tons } from "./devnet-chain.ts";

const day = 86_400;
const nobody = `0:${"00".repeat(32)}`;
const log = `0:${"1a".repeat(32)}`;
const notAfterSeconds = 2_000_000_000;
const bondKey = createSigningKey(seedOf("bond key"));
const honest = createSigningKey(seedOf("honest"));
const victim = createSigningKey(seedOf("victim"));

type Key = ReturnType<typeof createSigningKey>;

function claimsOf({ publicKey }: Key): Uint8Array {
  return encodeClaims({
    simulated: true,
    role: "worker",
    networkId: -7_239,
    rootAddress: nobody,
    workerId: workerIdOf(publicKey),
    identityKey: publicKey,
    payout: nobody,
    bootNonce: new Uint8Array(16),
    notBeforeMs: 1,
    notAfterMs: 2,
    anchorSeqno: 1,
    anchorRootHash: noHash,
    manifestHash: noHash,
    engineHash: noHash,
    gpuEvidenceHash: noHash,
  });
}

/** Remembers which bonds were believed. */
class WatchedIdentities extends Identities {
  readonly bound: BondedKey[] = [];

  constructor() {
    super([]);
  }

  override bind(bonded: BondedKey): void {
    this.bound.push(bonded);
    super.bind(bonded);
  }
}

devnetSuite("learnSigners()", (chain) => {
  /** What the log answers, by what it is asked for. */
  const published = new Map<string, string | Uint8Array>();
  const warnings: JsonReader[] = [];
  let server: HttpServer;
  let bond: string;
  const publish = (claims: Uint8Array, vouch?: object): string => {
    const hash = claimsHash(claims);
    published.set(hash, JSON.stringify({ claims: toBase64(claims), vouch }));
    return hash;
  };
  const vouchOf = (signer: Key, { publicKey }: Key, at = bond): object => {
    const { networkId } = chain().client;
    const vouched = { networkId, bond: at, identityKey: publicKey, notAfterSeconds };
    const { signature } = vouchForIdentity(signer, vouched);
    return bondVouchJson({ bond: at, notAfterSeconds, signature });
  };
  const learn = async (...hashes: readonly string[]): Promise<WatchedIdentities> => {
    const identities = new WatchedIdentities();
    warnings.length = 0;
    const destination = {
      write: (line: string) =>
        void warnings.push(new JsonReader(parseJson(line, "internal"), "internal")),
    };
    const logger = createLogger({ role: "test", level: "warn", destination });
    const reader = new TileReader(`http://127.0.0.1:${server.port}`);
    await learnSigners({ chain: chain().client, identities, logger }, { hashes, reader, log });
    return identities;
  };
  const refusals = (): string[] =>
    warnings.map((line) => `${line.string("event")} ${line.string("code")}`);

  before(async () => {
    const app = createApp(createLogger({ role: "log", level: "silent" }));
    app.get("/identity/:hash", (context) => {
      const answer = published.get(context.req.param("hash"));
      if (answer === undefined) return new Response(null, { status: 404 });
      return new Response(typeof answer === "string" ? answer : Uint8Array.from(answer));
    });
    server = await serveHttp(app, { host: "127.0.0.1", port: 0 });
    const owner = await chain().wallet("owner", 20n);
    const { workerBond } = await registerWorkerBond(owner, {
      bond: tons(5n),
      governance: owner.address,
      bondKey: bondKey.publicKey,
      closeDelaySeconds: 2 * day,
      disputeDelaySeconds: day,
      salt: 1n,
      auditorThreshold: 1,
      auditorKeys: [honest.publicKey],
    });
    bond = workerBond;
  });
  after(() => server.close(0));

  test("refuses an identity that is not of the claims asked for, and binds nobody by it", async () => {
    const claims = claimsOf(victim);
    publish(claims, vouchOf(bondKey, victim));
    const asked = toHex(seedOf("other claims"));
    published.set(asked, published.get(claimsHash(claims)) ?? "");
    const identities = await learn(asked);
    assert.deepEqual(refusals(), ["identity_refused peer_misbehaved"]);
    assert.equal(identities.knows(asked), false);
    assert.deepEqual(identities.bound, []);
  });

  test("refuses garbage and what is too long, and still learns what comes after it", async () => {
    const good = publish(claimsOf(honest), vouchOf(bondKey, honest));
    const text = published.get(good) ?? "";
    const torn = Uint8Array.from(claimsOf(honest));
    torn[4] = 0xff;
    const bad = [
      "",
      "{",
      "null",
      "[]",
      "{}",
      '{"claims":7}',
      '{"claims":"%"}',
      `{"claims":"${toBase64(new Uint8Array(305))}","vouch":"yes"}`,
      Uint8Array.of(0xff, 0xfe),
      `${" ".repeat(4_096)}${String(text)}`,
      new Uint8Array(2 * 1_048_576),
    ];
    const hashes = bad.map((answer, index) => {
      const hash = index.toString(16).padStart(64, "0");
      published.set(hash, answer);
      return hash;
    });
    const identities = await learn(...hashes, publish(torn), good);
    assert.deepEqual(refusals(), [
      ...bad.map(() => "identity_refused peer_misbehaved"),
      "identity_refused claims_malformed",
    ]);
    for (const hash of hashes) assert.equal(identities.knows(hash), false);
    assert.equal(identities.knows(good), true);
    assert.equal(identities.bound[0]?.bond, bond);
  });

  test("believes no bond that never vouched: its key stands for the worker, its money does not", async () => {
    const lies = [
      // Another key than the bond's signed it, the bond vouched for somebody else, for another time, or is none.
      vouchOf(victim, victim),
      vouchOf(bondKey, honest),
      { ...vouchOf(bondKey, victim), notAfterSeconds: notAfterSeconds + 1 },
      vouchOf(bondKey, victim, `0:${"2b".repeat(32)}`),
      vouchOf(bondKey, victim, nobody),
    ];
    for (const lie of lies) {
      const hash = publish(claimsOf(victim), lie);
      const identities = await learn(hash);
      assert.equal(identities.knows(hash), true);
      assert.deepEqual(identities.bound, []);
    }
    const wallet = await chain().wallet("no bond", 1n);
    const hash = publish(claimsOf(victim), vouchOf(bondKey, victim, wallet.address));
    assert.deepEqual((await learn(hash)).bound, []);
  });

  test("asks nothing twice, takes silence for no fault, and follows no log into endless names", async () => {
    const good = publish(claimsOf(honest));
    const many = Array.from({ length: 300 }, (_, index) =>
      (1_000 + index).toString().padStart(64, "0"),
    );
    const identities = await learn(...many, good);
    assert.deepEqual(refusals(), []);
    assert.equal(identities.knows(good), false);
    assert.equal((await learn(good, good)).knows(good), true);
    assert.deepEqual(refusals(), []);
  });
});
