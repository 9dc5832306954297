// A page's money on a devnet: channels that the faucet pays for, opened and written down as any client's are.

import { channelCode } from "@cocoon/contracts";
import { createSigningKey, nanotons, type RawAddress } from "@cocoon/protocol";
import {
  type ChannelBook,
  createDevnetPayer,
  openOutgoingChannel,
  type PaidChannel,
  readChannel,
  topUpOutgoingChannel,
} from "@cocoon/sdk";
import assert from "node:assert/strict";
import { test } from "node:test";
import { devnetSuite, seedOf, ton, tons } from "./devnet-chain.ts";

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

devnetSuite("a devnet's faucet as payer", (chain) => {
  const termsOf = async (book: ChannelBook) => ({
    client: chain().client,
    payer: await createDevnetPayer(chain().devnet.url),
    book,
    payee,
    sessionKey,
    deposit: tons(2n),
    closeTimeoutSeconds: 60,
  });

  test("opens a channel, finds it again, and adds to it", async () => {
    const book = openBook();
    const terms = await termsOf(book);
    const opened = await openOutgoingChannel(terms);
    const state = await readChannel(chain().client, opened.address);
    assert.deepEqual(
      [state?.phase, state?.deposited, state?.payer, state?.payee],
      ["open", tons(2n), terms.payer.address, payee],
    );
    assert.equal((await openOutgoingChannel(terms)).address, opened.address);
    await topUpOutgoingChannel(terms, opened, tons(1n));
    assert.equal(book.channels.get(opened.address)?.deposit, tons(3n));
    assert.equal((await readChannel(chain().client, opened.address))?.deposited, tons(3n));
  });

  test("goes on with a channel whose message was never seen, after a crash", async () => {
    const book = openBook();
    const terms = await termsOf(book);
    const lost = { ...terms.payer, pay: () => Promise.reject(new Error("the page was closed")) };
    await assert.rejects(openOutgoingChannel({ ...terms, payer: lost }), /closed/);
    const [intended] = book.channels.keys();
    assert.equal((await openOutgoingChannel(terms)).address, intended);
    assert.equal(book.channels.size, 1);
  });

  test("sends nothing that makes no sense, and is found on a devnet alone", async () => {
    const { url } = chain().devnet;
    const payer = await createDevnetPayer(url);
    const message = { to: payee, value: nanotons(0n) };
    await assert.rejects(payer.pay(message), { code: "chain_unavailable" });
    const half = {
      address: payee,
      nanotons: String(ton),
      code: channelCode.cell.toBoc().toString("base64"),
    };
    const response = await fetch(new URL("/devnet/send", url), {
      method: "POST",
      body: JSON.stringify(half),
    });
    assert.equal(response.status, 400);
    await assert.rejects(createDevnetPayer("http://127.0.0.1:1/api/v2/jsonRPC"), {
      code: "chain_unavailable",
    });
  });
});
