// Three keys of which two decide, each in a keystore of its own, and a statement that travels as a file.

import { type Devnet, startDevnet } from "@cocoon/devnet";
import { createSigningKey, nanotons, toHex } from "@cocoon/protocol";
import {
  type ChainClient,
  createChainClient,
  createWallet,
  deployRoot,
  readRoot,
} from "@cocoon/sdk";
import { readConfigFile, writeConfigFile } from "@cocoon/services";
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, suite, test } from "node:test";
import { writeWalletFile } from "../../packages/cli/src/wallet/wallet-file.ts";
import { cocoon, type Ended } from "./cocoon-process.ts";

const ton = 1_000_000_000n;
const hash = "ab".repeat(32);
const delaySeconds = 3_600;

suite("cocoon governance, with two keys of three", () => {
  const folder = mkdtempSync(join(tmpdir(), "cocoon-governance-"));
  const at = (name: string): string => join(folder, name);
  const seedOf = (number: number): Uint8Array => new Uint8Array(32).fill(number);
  let devnet: Devnet;
  let client: ChainClient;
  let root: string;

  const governance = async (...words: readonly string[]): Promise<Ended> =>
    await cocoon("governance", ...words, "--config", at("network.json"), "--yes");
  const done = async (...words: readonly string[]): Promise<string> => {
    const { status, output, errors } = await governance(...words);
    assert.equal(status, 0, errors);
    return output;
  };
  const refused = async (why: RegExp, ...words: readonly string[]): Promise<void> => {
    const { status, errors } = await governance(...words);
    assert.notEqual(status, 0);
    assert.match(errors, why);
  };
  /** The statement with the signatures of these members. */
  const signed = async (statement: string, ...members: readonly number[]): Promise<string[]> => {
    const paths = members.map((member) => `${statement}.${member}`);
    for (const [index, member] of members.entries()) {
      await done(
        "sign",
        statement,
        "--keystore",
        at(`${member}.json`),
        "--out",
        paths[index] ?? "",
      );
    }
    return [statement, ...paths];
  };
  const payer = (): string[] => ["--keystore", at("1.json")];

  before(async () => {
    devnet = await startDevnet({ port: 0, blockMs: 20 });
    const { networkId, url } = devnet;
    client = createChainClient({
      endpoints: [url],
      networkId,
      requestTimeoutMs: 60_000,
      pollMs: 20,
    });
    for (const member of [1, 2, 3, 4]) {
      const seed = seedOf(member);
      writeWalletFile(at(`${member}.json`), { networkId, seed, passphrase: undefined });
    }
    const wallet = createWallet({ client, seed: seedOf(1) });
    await devnet.faucet(wallet.address, 100n * ton);
    const keys = [1, 2, 3].map((member) => toHex(createSigningKey(seedOf(member)).publicKey));
    const deployed = await deployRoot(wallet, {
      salt: 1n,
      governance: { keys, threshold: 2, delaySeconds },
      params: {
        tcbEvaluationFloor: 5,
        bondMin: nanotons(10n * ton),
        workerBondMin: nanotons(ton),
        channelCodeHash: hash,
        proxyBondCodeHash: hash,
        workerBondCodeHash: hash,
      },
    });
    ({ root } = deployed);
    writeConfigFile(at("network.json"), { networkId, endpoints: [url], root, proxies: [] });
    writeConfigFile(at("change.json"), {
      kind: "setModel",
      manifestHash: hash,
      listing: {
        name: "some-model",
        contextTokens: 4_096,
        promptPerMillionMax: "1000000000",
        completionPerMillionMax: "2000000000",
      },
    });
  });
  after(async () => {
    await devnet.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  test("refuses what no root would take, and what nobody could mean", async () => {
    const bad: readonly (readonly [RegExp, object])[] = [
      [/option_invalid.*field: kind/, { kind: "setEverything" }],
      [/option_invalid.*revocation/, { kind: "raiseFloor", tcbEvaluationFloor: 6 }],
      [
        /option_invalid.*2 of 1 keys/,
        { kind: "setAuditors", auditors: { keys: [hash], threshold: 2 } },
      ],
      [
        /option_invalid.*twice/,
        { kind: "setAuditors", auditors: { keys: [hash, hash], threshold: 2 } },
      ],
      [
        /option_invalid.*platformId|option_invalid.*liftBan/,
        { kind: "liftBan", platformId: "xyz" },
      ],
    ];
    for (const [why, change] of bad) {
      writeConfigFile(at("bad.json"), change);
      await refused(why, "propose", at("bad.json"), "--out", at("never"));
    }
    await refused(/followed by show/, "decree");
    await refused(/either --out FILE/, "propose", at("change.json"));
    await refused(/model HASH or image HASH/, "revoke", "everything", hash, "--out", at("never"));
    await refused(/no such change/, "execute", "7", ...payer());
  });

  test("lists a model: proposed, signed by two apart, sent by anybody, executed when its time has come", async () => {
    const path = at("list.statement");
    const drafted = await done("propose", at("change.json"), "--out", path);
    assert.match(
      drafted,
      /list model some-model .* 3600 s later\n.*digest [0-9a-f]{64}\n.*2 of 3 keys/,
    );
    await refused(
      /2 of 3 keys must sign, and 1 did/,
      "send",
      ...(await signed(path, 1)),
      ...payer(),
    );
    await refused(/none of the keys/, "send", ...(await signed(path, 1, 4)), ...payer());
    const sent = await done("send", ...(await signed(path, 3, 1)), ...payer());
    assert.match(sent, /cocoon governance execute 0/);
    assert.match(await done("show"), /0: list model some-model .* from 2/);
    await refused(/expects statement 1/, "send", ...(await signed(path, 3, 1)), ...payer());
    await refused(/not before/, "execute", "0", ...payer());
    await devnet.advanceTime(delaySeconds + 60);
    assert.match(await done("execute", "0", ...payer()), /executed change 0/);
    assert.equal((await readRoot(client, root)).models.get(hash)?.name, "some-model");
  });

  test("counts no signature of another statement, and none that was altered", async () => {
    const [mine, other] = [at("ban.statement"), at("other.statement")];
    await done("ban", "aabb", "--out", mine);
    await done("ban", "ccdd", "--out", other);
    const [, elsewhere = ""] = await signed(other, 1);
    await refused(
      /signed something else/,
      "send",
      ...(await signed(mine, 2)),
      elsewhere,
      ...payer(),
    );
    const [, altered = ""] = await signed(mine, 3);
    const { signature, ...rest } = readConfigFile(altered).unknownFields();
    const flipped = `${String(signature).startsWith("A") ? "B" : "A"}${String(signature).slice(1)}`;
    writeConfigFile(altered, { ...rest, signature: flipped });
    await refused(/signature is false/, "send", ...(await signed(mine, 2)), altered, ...payer());
  });

  test("cancels, bans, revokes and raises the floor", async () => {
    const resolve = async (...words: readonly string[]): Promise<string> => {
      const path = at(`${words.join("-")}.statement`);
      await done(...words, "--out", path);
      return await done("send", ...(await signed(path, 1, 2)), ...payer());
    };
    const path = at("again.statement");
    await done("propose", at("change.json"), "--out", path);
    await done("send", ...(await signed(path, 2, 3)), ...payer());
    const [pending] = (await readRoot(client, root)).pending;
    assert.match(await resolve("cancel", String(pending?.id)), /cancel change/);
    assert.match(await resolve("ban", "aabb"), /ban platform aabb, at once/);
    assert.match(await resolve("raise-floor", "9"), /floor to 9, at once/);
    assert.match(await resolve("revoke", "model", hash), /remove model/);
    const state = await readRoot(client, root);
    assert.deepEqual([...state.bans.keys()], ["aabb"]);
    assert.equal(state.params.tcbEvaluationFloor, 9);
    assert.equal(state.models.size, 0);
    assert.deepEqual(state.pending, []);
    const shown = await governance("show", "--json");
    assert.equal(JSON.parse(shown.output).params.tcbEvaluationFloor, 9);
  });
});
