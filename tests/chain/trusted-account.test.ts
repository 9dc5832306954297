// Money accounts behind endpoints that lie.

import assert from "node:assert/strict";
import { test } from "node:test";
import { startDevnet } from "@cocoon/devnet";
import { CocoonError, createSigningKey, JsonReader, parseJson } from "@cocoon/protocol";
import { createChainClient, openChannel, readChannel } from "@cocoon/sdk";
import { createLogger } from "@cocoon/services";
import { openChain } from "../../packages/cli/src/roles/chain.ts";
import { devnetSuite, pollMs, requestTimeoutMs, seedOf, ton, tons } from "./devnet-chain.ts";
import { type Lie, startTamperingFront } from "./tampering-front.ts";

const someone = `0:${"5a".repeat(32)}`;
const session = createSigningKey(seedOf("session"));
const isProof = (path: string): boolean => path.startsWith("/v2/liteserver/");

/** Makes one hex digit of a bag of cells another. */
const forged: Lie = (path, _request, answer) =>
  isProof(path) ? answer.replace(/"state":"(.{90})./, '"state":"$10') : undefined;
const withoutProofs: Lie = (path) => (isProof(path) ? 404 : undefined);

devnetSuite("accounts that money depends on", (chain) => {
  const clientOf = (endpoints: readonly string[], more: object = {}) => {
    const { networkId } = chain().devnet;
    return createChainClient({ endpoints, networkId, requestTimeoutMs, pollMs, ...more });
  };

  test("are proven by an endpoint that proves them, and say so", async () => {
    const client = clientOf([chain().devnet.url]);
    assert.equal(client.proofStanding(), "unknown");
    await chain().devnet.faucet(someone, 3n * ton);
    const account = await client.trustedAccount(someone);
    assert.deepEqual([account.balance, account.isProven], [tons(3n), true]);
    assert.equal(client.proofStanding(), "proven");
    const nobody = await client.trustedAccount(`0:${"5b".repeat(32)}`);
    assert.deepEqual([nobody.status, nobody.isProven], ["uninitialized", true]);
  });

  test("are not believed where a proof is forged: another endpoint is asked, and without one it is refused", async (context) => {
    const { url } = chain().devnet;
    await chain().devnet.faucet(someone, ton);
    const liar = await startTamperingFront(context, url, forged);
    await assert.rejects(clientOf([liar.url]).trustedAccount(someone), (error) => {
      return error instanceof CocoonError && error.code.startsWith("account_proof_");
    });
    const client = clientOf([liar.url, url]);
    const account = await client.trustedAccount(someone);
    assert.ok(account.isProven);
    assert.equal(account.balance, (await chain().client.account(someone)).balance);
    assert.ok(liar.asked.some(isProof), "it was asked first");
  });

  test("are unproven where nobody proves, and refused where a proof is required", async (context) => {
    const front = await startTamperingFront(context, chain().devnet.url, withoutProofs);
    const told: string[] = [];
    const onProofStanding = (standing: string, address: string): void =>
      void told.push(`${standing} ${address}`);
    const client = clientOf([front.url], { onProofStanding });
    const account = await client.trustedAccount(someone);
    assert.equal(account.isProven, false);
    assert.equal(client.proofStanding(), "unproven");
    await client.trustedAccount(someone);
    assert.deepEqual(told, [`unproven ${someone}`], "once, not at each read");
    assert.equal(front.asked.filter(isProof).length, 1, "who has no proofs is asked for one once");
    const strict = clientOf([front.url], { requireProofs: true });
    await assert.rejects(strict.trustedAccount(someone), { code: "account_unproven" });
  });

  test("read without a proof stand in a role's log, once until that changes", async (context) => {
    const { networkId, url } = chain().devnet;
    const front = await startTamperingFront(context, url, withoutProofs);
    const lines: string[] = [];
    const destination = { write: (line: string) => void lines.push(line) };
    const logger = createLogger({ role: "proxy", destination });
    const client = openChain({ endpoints: [front.url], networkId }, logger);
    for (const address of [someone, `0:${"5b".repeat(32)}`, someone]) {
      await client.trustedAccount(address);
    }
    assert.equal(lines.length, 1);
    const line = new JsonReader(parseJson(lines[0] ?? "", "internal"), "internal");
    assert.deepEqual(
      [line.string("level"), line.string("event"), line.string("address")],
      ["warn", "accounts_unproven", someone],
    );
  });

  test("stay proven: an endpoint that had proofs and has none now is not believed", async (context) => {
    const front = await startTamperingFront(context, chain().devnet.url);
    const client = clientOf([front.url]);
    assert.ok((await client.trustedAccount(someone)).isProven);
    front.lie = withoutProofs;
    await assert.rejects(client.trustedAccount(someone), { code: "chain_unavailable" });
  });

  test("are not of a chain that one endpoint made up, where two must name the block", async (context) => {
    const honest = chain().devnet.url;
    const own = await startDevnet({ port: 0, blockMs: 50 });
    context.after(() => own.stop());
    await own.faucet(someone, 1_000_000n * ton);
    const [liar, second] = [
      await startTamperingFront(context, own.url),
      await startTamperingFront(context, honest),
    ];
    const alone = clientOf([liar.url, honest], { blockVouchers: 2 });
    await assert.rejects(alone.trustedAccount(someone), { code: "block_disputed" });
    const three = clientOf([liar.url, second.url, honest], { blockVouchers: 2 });
    const account = await three.trustedAccount(someone);
    assert.equal(account.balance, (await chain().client.account(someone)).balance);
    assert.ok(account.isProven);
    const single = clientOf([honest], { blockVouchers: 2 });
    assert.equal((await single.trustedAccount(someone)).isProven, false, "nobody to vouch");
  });

  test("are not of an earlier block than was seen before", async (context) => {
    const { devnet } = chain();
    let old: string | undefined;
    const replaying: Lie = (path, _request, answer) => {
      if (isProof(path)) return (old ??= answer);
      return undefined;
    };
    const front = await startTamperingFront(context, devnet.url, replaying);
    const client = clientOf([front.url]);
    await client.trustedAccount(someone);
    await devnet.faucet(someone, ton);
    const both = clientOf([devnet.url, front.url]);
    await both.trustedAccount(someone);
    const first = clientOf([front.url, devnet.url]);
    await first.trustedAccount(someone);
    front.lie = () => undefined;
    await first.trustedAccount(someone);
    front.lie = replaying;
    const account = await first.trustedAccount(someone);
    assert.equal(account.balance, (await chain().client.account(someone)).balance);
  });

  test("make a channel: a deposit that an endpoint makes up is not there", async (context) => {
    const payer = await chain().wallet("payer", 20n);
    const { channel } = await openChannel(payer, {
      payee: someone,
      sessionKey: session.publicKey,
      closeTimeoutSeconds: 3_600,
      salt: 1n,
      deposit: tons(10n),
    });
    const richer: Lie = (path, request, answer) => {
      if (isProof(path)) return forged(path, request, answer);
      return answer.replaceAll(/"data":"[^"]+"/g, '"data":"te6cckEBAQEAAgAAAEysuc0="');
    };
    const liar = await startTamperingFront(context, chain().devnet.url, richer);
    const state = await readChannel(clientOf([liar.url, chain().devnet.url]), channel);
    assert.equal(state?.deposited, tons(10n));
  });
});
