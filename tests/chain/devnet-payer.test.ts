// A page's money on a devnet: channels that a wallet pays for which the faucet fills, opened and written down as any client's are.

import { createSigningKey, networkIds, type RawAddress } from "@cocoon/protocol";
import {
  type ChannelBook,
  createDevnetPayer,
  type DevnetPayerOptions,
  fundFromFaucet,
  openOutgoingChannel,
  type PaidChannel,
  readChannel,
  topUpOutgoingChannel,
} from "@cocoon/sdk";
import assert from "node:assert/strict";
import { test } from "node:test";
import { devnetSuite, seedOf, ton, tons } from "./devnet-chain.ts";

type InTurn = NonNullable<DevnetPayerOptions["inTurn"]>;

const payee = `0:${"77".repeat(32)}`;
const { publicKey: sessionKey } = createSigningKey(seedOf("session"));

/** Books in memory, for the length of a test. */
function openBook(): ChannelBook & { readonly channels: Map<RawAddress, PaidChannel> } {
  const channels = new Map<RawAddress, PaidChannel>();
  return {
    channels,
    find: (address) => channels.get(address),
    findByPayee: (wanted) =>
      [...channels.values()].find((one) => one.payee === wanted && one.phase !== "closed"),
    list: () => [...channels.values()],
    intend: (channel) => {
      channels.set(channel.address, { ...channel, phase: "opening" });
      return Promise.resolve();
    },
    recordChain: (address, phase, deposit) => {
      const known = channels.get(address);
      if (known !== undefined) channels.set(address, { ...known, phase, deposit });
      return Promise.resolve();
    },
  };
}

test("a network that is no devnet is refused before anything is made or asked", () => {
  for (const networkId of [networkIds.mainnet, networkIds.testnet]) {
    const network = { networkId, endpoints: ["https://toncenter.com/api/v2/jsonRPC"] };
    assert.throws(() => createDevnetPayer(network), { code: "network_mismatch" });
  }
});

devnetSuite("a devnet's faucet as payer", (chain) => {
  const payerOf = (name: string, url = chain().devnet.url, inTurn: InTurn = (task) => task()) =>
    createDevnetPayer(
      { networkId: networkIds.devnet, endpoints: [url] },
      { seed: seedOf(name), inTurn },
    );
  const termsOf = (name: string) => ({
    client: chain().client,
    payer: payerOf(name),
    book: openBook(),
    payee,
    sessionKey,
    deposit: tons(2n),
    closeTimeoutSeconds: 60,
  });
  const balanceOf = async (address: RawAddress): Promise<bigint> =>
    (await chain().client.account(address)).balance;

  test("opens a channel, finds it again, and adds to it", async () => {
    const terms = termsOf("opens");
    const opened = await openOutgoingChannel(terms);
    const state = await readChannel(chain().client, opened.address);
    assert.deepEqual(
      [state?.phase, state?.deposited, state?.payer, state?.payee],
      ["open", tons(2n), terms.payer.address, payee],
    );
    assert.equal((await openOutgoingChannel(terms)).address, opened.address);
    await topUpOutgoingChannel(terms, opened, tons(1n));
    assert.equal(terms.book.channels.get(opened.address)?.deposit, tons(3n));
    assert.equal((await readChannel(chain().client, opened.address))?.deposited, tons(3n));
  });

  test("goes on with a channel whose message was never seen, after a crash", async () => {
    const terms = termsOf("crashes");
    const lost = { ...terms.payer, pay: () => Promise.reject(new Error("the page was closed")) };
    await assert.rejects(openOutgoingChannel({ ...terms, payer: lost }), /closed/);
    const [intended] = terms.book.channels.keys();
    assert.equal((await openOutgoingChannel(terms)).address, intended);
    assert.equal(terms.book.channels.size, 1);
  });

  test("spends what it has before it asks the faucet", async () => {
    const payer = payerOf("returns");
    await chain().devnet.faucet(payer.address, 5n * ton);
    await payer.pay({ to: payee, value: tons(2n), bounce: false });
    const left = await balanceOf(payer.address);
    assert.ok(left > (29n * ton) / 10n && left < 3n * ton, String(left));
  });

  test("looks at its wallet, fills it up and sends in its turn alone", async () => {
    const turns: (() => Promise<void>)[] = [];
    const payer = payerOf("twice", chain().devnet.url, (task) => {
      return new Promise((resolve, reject) => {
        turns.push(() => task().then(resolve, reject));
      });
    });
    const sent = async () => await chain().client.transactions(payer.address, { limit: 10 });
    const paid = [1n, 2n].map((count) => {
      return payer.pay({ to: payee, value: tons(count), bounce: false });
    });
    assert.equal(turns.length, 2);
    assert.deepEqual(await sent(), []);
    for (const turn of turns) await turn();
    await Promise.all(paid);
    assert.equal((await sent()).length, 4, "the faucet and the wallet, twice");
    const left = await balanceOf(payer.address);
    assert.ok(left < ton / 5n, "what it was given for both is gone");
  });

  test("says so when there is no devnet", async () => {
    const payer = payerOf("nobody", "http://127.0.0.1:1/api/v2/jsonRPC");
    const message = { to: payee, value: tons(1n) };
    await assert.rejects(payer.pay(message), { code: "chain_unavailable" });
    const url = "http://127.0.0.1:1/api/v2/jsonRPC";
    await assert.rejects(fundFromFaucet(url, payee, tons(1n)), { code: "chain_unavailable" });
    const nothing = fundFromFaucet(chain().devnet.url, payee, tons(0n));
    await assert.rejects(nothing, { code: "chain_unavailable" });
  });
});
