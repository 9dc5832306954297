// What a devnet proves of accounts, as a liteserver would, against the SDK's verifier.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { CocoonError, fromHex, JsonReader, parseJson, type RawAddress } from "@cocoon/protocol";
import { type AccountProof, type ProvenAccount, verifyAccountProof } from "@cocoon/sdk";
import { devnetSuite, ton, tons } from "./devnet-chain.ts";

async function fetchProof(url: string, address: RawAddress, target = ""): Promise<AccountProof> {
  const query = target === "" ? "" : `?target_block=${encodeURIComponent(target)}`;
  const response = await fetch(new URL(`/v2/liteserver/get_account_state/${address}${query}`, url));
  const text = await response.text();
  assert.equal(response.status, 200, text);
  const json = new JsonReader(parseJson(text, "internal"), "internal");
  const id = json.object("id");
  const bag = (name: string) => fromHex(json.string(name, 200_000)) ?? assert.fail(name);
  return {
    block: {
      seqno: id.uint("seqno"),
      rootHash: id.string("root_hash"),
      fileHash: id.string("file_hash"),
    },
    shardProof: bag("shard_proof"),
    proof: bag("proof"),
    state: bag("state"),
  };
}

/** Addresses without a pattern, the same in every run. */
function addressOf(number: number, workchain = 0): RawAddress {
  return `${workchain}:${createHash("sha256").update(`${number}`).digest("hex")}`;
}

/** The same address but for one bit. */
function neighbour(address: RawAddress, bit: number): RawAddress {
  const [workchain = "", hex = ""] = address.split(":");
  const bytes = Buffer.from(hex, "hex");
  bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (128 >> (bit & 7));
  return `${workchain}:${bytes.toString("hex")}`;
}

devnetSuite("account proofs of a devnet", (chain) => {
  const prove = async (address: RawAddress, target?: string): Promise<ProvenAccount> => {
    const { url, networkId } = chain().devnet;
    return verifyAccountProof(await fetchProof(url, address, target), { networkId, address });
  };

  test("hold for every account of both workchains, and say what the endpoint says", async () => {
    const { client, devnet } = chain();
    const addresses = Array.from({ length: 12 }, (_, number) =>
      addressOf(number, number % 4 === 3 ? -1 : 0),
    );
    for (const [number, address] of addresses.entries()) {
      await devnet.faucet(address, BigInt(number + 1) * ton);
      const { account } = await prove(address);
      assert.equal(account.balance, tons(BigInt(number + 1)));
    }
    const payer = await chain().wallet("payer", 10n);
    await payer.send([{ to: addressOf(0), value: tons(1n), bounce: false }]);
    for (const address of [...addresses, payer.address]) {
      const { account, block } = await prove(address);
      const told = await client.account(address);
      const { balance, status, lastLt, lastHash } = account;
      assert.deepEqual(
        { balance, status, lastLt, lastHash, codeHash: account.code?.hash().toString("hex") },
        {
          balance,
          status: told.status,
          lastLt: told.lastLt,
          lastHash: told.lastHash,
          codeHash: told.codeHash,
        },
      );
      assert.equal(balance, told.balance);
      assert.ok(block.seqno <= (await client.masterchain()).seqno);
    }
  });

  test("hold for accounts that do not exist, however close one is that does", async () => {
    const { devnet } = chain();
    await devnet.faucet(addressOf(100), ton);
    for (const bit of [0, 1, 2, 3, 5, 8, 13, 100, 254, 255]) {
      const { account } = await prove(neighbour(addressOf(100), bit));
      assert.deepEqual(
        [account.status, account.balance, account.lastHash],
        ["uninitialized", 0n, undefined],
      );
    }
    const { account } = await prove(addressOf(100));
    assert.equal(account.balance, ton);
  });

  test("can be of an earlier block, and are of the state at that time", async () => {
    const { devnet } = chain();
    const address = addressOf(200);
    const before = await prove(address);
    await devnet.faucet(address, ton);
    const after = await prove(address);
    assert.ok(after.block.seqno > before.block.seqno);
    const nameOf = ({ block }: ProvenAccount): string =>
      `(-1,8000000000000000,${block.seqno},${block.rootHash},${block.fileHash})`;
    assert.equal((await prove(address, nameOf(before))).account.balance, 0n);
    assert.equal((await prove(address, nameOf(after))).account.balance, ton);
  });

  test("are not of another account, block or network, nor absence of what exists", async () => {
    const { url, networkId } = chain().devnet;
    const [rich, poor] = [addressOf(300), addressOf(301)];
    await chain().devnet.faucet(rich, 5n * ton);
    const old = await fetchProof(url, poor);
    await chain().devnet.faucet(poor, ton);
    const [proof, other] = [await fetchProof(url, poor), await fetchProof(url, rich)];
    const forged: readonly AccountProof[] = [
      { ...proof, state: other.state },
      { ...proof, state: new Uint8Array() },
      { ...proof, proof: other.proof, state: other.state },
      { ...proof, proof: old.proof, state: old.state },
      { ...proof, proof: old.proof, shardProof: old.shardProof, state: old.state },
      { ...proof, shardProof: old.shardProof },
      { ...proof, block: old.block },
      { ...proof, proof: proof.shardProof },
      other,
    ];
    const about = { networkId, address: poor };
    for (const [number, altered] of forged.entries()) {
      assert.throws(
        () => verifyAccountProof(altered, about),
        (error) => error instanceof CocoonError && error.code.startsWith("account_proof_"),
        `${number}`,
      );
    }
    assert.throws(() => verifyAccountProof(proof, { ...about, networkId: -239 }), {
      code: "account_proof_invalid",
    });
    assert.equal(verifyAccountProof(proof, about).account.balance, ton);
  });

  test("are not given for a block that is not kept, an address that is none, or a block that has no such name", async () => {
    const { url } = chain().devnet;
    const path = `/v2/liteserver/get_account_state/${addressOf(1)}`;
    const zeros = "0".repeat(64);
    const cases: readonly (readonly [string, number])[] = [
      [`${path}?target_block=(-1,8000000000000000,99999,${zeros},${zeros})`, 404],
      [`${path}?target_block=(0,8000000000000000,1,${zeros},${zeros})`, 400],
      [`${path}?target_block=newest`, 400],
      ["/v2/liteserver/get_account_state/nobody", 400],
      ["/v2/liteserver/get_account_state", 400],
      ["/v2/liteserver/get_everything", 404],
    ];
    for (const [route, status] of cases) {
      const response = await fetch(new URL(route, url));
      assert.equal(response.status, status, route);
      await response.text();
    }
  });
});
