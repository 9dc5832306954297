// A proof as a liteserver of TON's main network gave it, and what becomes of it when it is altered. That absent accounts
// are proven, and that devnets prove theirs: tests/chain/account-proof.test.ts.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { Cell } from "@ton/core";
import { CocoonError, fromHex, JsonReader, parseJson } from "@cocoon/protocol";
import * as fc from "fast-check";
import { type AccountProof, verifyAccountProof } from "./index.ts";

const text = readFileSync(
  new URL("../../../../vectors/account-proof.json", import.meta.url),
  "utf8",
);
const vector = new JsonReader(parseJson(text, "internal"), "internal");
const address = vector.string("address");
const networkId = vector.int("networkId");
const block = vector.object("block");
const bytesOf = (name: string): Uint8Array => fromHex(vector.string(name, 10_000)) ?? assert.fail();
const proof: AccountProof = {
  block: {
    seqno: block.uint("seqno"),
    rootHash: block.string("rootHash"),
    fileHash: block.string("fileHash"),
  },
  shardProof: bytesOf("shardProof"),
  proof: bytesOf("proof"),
  state: bytesOf("state"),
};
const proven = verifyAccountProof(proof, { networkId, address });

const refusals: ReadonlySet<string> = new Set(["account_proof_malformed", "account_proof_invalid"]);
const isRefusal = (error: unknown): boolean =>
  error instanceof CocoonError && refusals.has(error.code);

/** Refused with a code, or understood as the unaltered one is: some bits of a bag of cells say nothing. */
function refusesOrSame(altered: AccountProof): void {
  try {
    const { account, atSeconds } = verifyAccountProof(altered, { networkId, address });
    const { code, data, ...plain } = account;
    const { code: provenCode, data: provenData, ...provenPlain } = proven.account;
    assert.deepEqual(plain, provenPlain);
    assert.equal(atSeconds, proven.atSeconds);
    assert.ok(provenCode && provenData && code?.equals(provenCode) && data?.equals(provenData));
  } catch (error) {
    if (!isRefusal(error)) throw error;
  }
}

test("verifyAccountProof() holds for a proof of the main network", () => {
  const { account, atSeconds } = proven;
  assert.equal(account.balance, 5_873_792_469n);
  assert.equal(account.status, "active");
  assert.equal(account.lastLt, 39_330_697_000_001n);
  assert.equal(new Date(atSeconds * 1_000).toISOString(), "2023-07-18T16:52:38.000Z");
  // Wallet v4r2.
  const codeHash = account.code?.hash().toString("hex");
  assert.equal(codeHash, "feb5ff6820e2ff0d9483e7e0d62c817d846789fb4ae580c878866d959dabd5c0");
});

test("verifyAccountProof() refuses a proof of another account, network or block", () => {
  const others: readonly [Partial<AccountProof>, { networkId?: number; address?: string }][] = [
    [{}, { networkId: -3 }],
    [{}, { address: `0:${"6f".repeat(32)}` }],
    [{}, { address: address.replace("0:", "1:") }],
    [{}, { address: address.replace("0:", "-1:") }],
    [{ block: { ...proof.block, seqno: 31_220_994 } }, {}],
    [{ block: { ...proof.block, rootHash: "00".repeat(32) } }, {}],
    [{ shardProof: proof.proof }, {}],
    [{ proof: proof.shardProof }, {}],
    [{ shardProof: new Uint8Array() }, {}],
    [{ state: new Uint8Array() }, {}],
    [{ state: Cell.EMPTY.toBoc() }, {}],
    [{ state: proof.proof }, {}],
    [{ proof: proof.state }, {}],
    [{ proof: new Uint8Array(2_000_000) }, {}],
  ];
  for (const [altered, asked] of others) {
    const about = { networkId, address, ...asked };
    assert.throws(() => verifyAccountProof({ ...proof, ...altered }, about), isRefusal);
  }
});

test("verifyAccountProof() refuses a proof with any byte changed, or cut short, with a code and nothing else", () => {
  const parts = ["shardProof", "proof", "state"] as const;
  const runs = Number(process.env["COCOON_MUTATIONS"] ?? 120);
  fc.assert(
    fc.property(
      fc.constantFrom(...parts),
      fc.nat(),
      fc.integer({ min: 1, max: 255 }),
      (part, place, change) => {
        const bytes = Uint8Array.from(proof[part]);
        const at = place % bytes.length;
        bytes[at] = (bytes[at] ?? 0) ^ change;
        refusesOrSame({ ...proof, [part]: bytes });
        assert.throws(
          () =>
            verifyAccountProof(
              { ...proof, [part]: proof[part].subarray(0, at) },
              { networkId, address },
            ),
          isRefusal,
        );
      },
    ),
    { numRuns: runs },
  );
});
