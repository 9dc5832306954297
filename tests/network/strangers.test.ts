// Clients that say what the SDK never would: each is refused with a code, and nobody else notices.

import {
  CocoonError,
  createSigningKey,
  encodeAttach,
  encodeMessage,
  type ErrorCode,
  nanotons,
  primitives,
  streamKinds,
} from "@cocoon/protocol";
import { topUpChannel } from "@cocoon/sdk";
import assert from "node:assert/strict";
import { after, before, suite, test } from "node:test";
import { type ChannelBooks, createNetwork, type Network, waitFor } from "./harness.ts";
import { type Rig, startRig } from "./rig.ts";
import { type PaidChannel, payChannel, WireClient } from "./wire-client.ts";

/** Two requests of the wire client at once: 200 tokens each, at the dearer price, and the fee. */
const creditWindow = 2n * 40_400n + 1_000n;
/** A request of this size leaves no room for anything unpaid. */
const wholeWindow = { tokensMax: 400 };

suite("a stranger", () => {
  let network: Network;
  let rig: Rig;
  let channel: PaidChannel;
  let client: WireClient;

  const refuses = async (code: ErrorCode, promise: Promise<unknown>): Promise<void> => {
    await assert.rejects(promise, (error: unknown) => {
      assert.ok(error instanceof CocoonError, String(error));
      assert.equal(error.code, code);
      return true;
    });
  };
  const booksOf = ({ address }: PaidChannel): ChannelBooks => {
    const rows = network.books("proxy", "incoming_channels");
    return rows.find((row) => row["address"] === address) ?? {};
  };
  const charged = async (paid: PaidChannel, sum: "posted" | "released"): Promise<bigint> =>
    await waitFor("nothing is pending", () => {
      const books = booksOf(paid);
      return books["pending"] === 0n && BigInt(books[sum] ?? 0n);
    });

  before(async () => {
    network = await createNetwork();
    await network.startProxy({ creditWindowNanotons: nanotons(creditWindow) });
    rig = await startRig(network, "worker-1");
    channel = await payChannel(network);
    client = await WireClient.attach(network, channel);
    await waitFor("there is a worker", async () => {
      const { stream } = await client.ask().catch(() => ({ stream: undefined }));
      stream?.stream.reset("cancelled");
      return stream !== undefined;
    });
  });
  after(() => network.stop());

  test("whose key is not the channel's can't attach it", async () => {
    const key = createSigningKey(primitives.randomBytes(32));
    const other = await WireClient.dial(network, channel, key);
    await refuses("channel_invalid", other.attach());
    await refuses("channel_unknown", other.ask());
    await other.close();
  });

  test("can't attach a channel that pays somebody else, one that is none, or an address of nothing", async () => {
    const elsewhere = await payChannel(network, network.wallet("elsewhere").address);
    const other = await WireClient.dial(network, elsewhere);
    await refuses("channel_invalid", other.attach());
    await refuses("channel_invalid", other.attach(`0:${"1".repeat(64)}`));
    await refuses("contract_unexpected", other.attach(network.wallet("proxy").address));
    await refuses("channel_unknown", other.ask());
    await other.close();
  });

  test("can't ask at another's expense", async () => {
    const mine = await payChannel(network);
    const other = await WireClient.attach(network, mine);
    await refuses("channel_unknown", other.ask({ channel: channel.address }));
    const { offer, stream } = await other.ask();
    const sealed = await other.seal(offer, { channel: channel.address });
    await refuses("offer_mismatch", other.send(stream, sealed));
    await other.close();
  });

  test("who seals to other terms than were offered is refused before a worker sees it", async () => {
    const { runs } = rig.engine;
    const changes = [
      { promptPerMillion: nanotons(1n) },
      { completionPerMillion: nanotons(1n) },
      { feeBps: 0 },
      { tokensMax: 300 },
      { tier: "open" },
      { claimsHash: "0".repeat(64) },
      { manifestHash: "0".repeat(64) },
    ] as const;
    for (const change of changes) {
      const { offer, stream } = await client.ask();
      await refuses("offer_mismatch", client.send(stream, await client.seal(offer, change)));
    }
    assert.equal(rig.engine.runs, runs);
  });

  test("who sends the same sealed request twice is refused by the proxy when it was answered, or is being", async () => {
    const { sealed, stream } = await client.answer();
    await stream.say("acknowledge");
    const { runs } = rig.engine;
    await refuses("sealed_replayed", client.send((await client.ask()).stream, sealed));
    rig.engine.hold(0);
    const { offer, stream: held } = await client.ask();
    const fresh = await client.seal(offer);
    const answering = client.send(held, fresh);
    await waitFor("an answer waits", () => rig.engine.held > 0);
    await client.voucher(client.sign(await charged(channel, "posted")));
    await refuses("sealed_replayed", client.send((await client.ask()).stream, fresh));
    rig.engine.release();
    await answering;
    await held.say("acknowledge");
    assert.equal(rig.engine.runs, runs + 1);
  });

  test("who gives up a request and sends it again is refused by the worker", async () => {
    await client.voucher(client.sign(await charged(channel, "posted")));
    rig.engine.hold(0);
    const { runs } = rig.engine;
    const { offer, stream } = await client.ask();
    const sealed = await client.seal(offer);
    const answering = client.send(stream, sealed);
    await waitFor("an answer waits", () => rig.engine.held > 0);
    stream.stream.reset("cancelled");
    await refuses("cancelled", answering);
    await waitFor("the engine rests", () => rig.engine.load().active === 0);
    rig.engine.release();
    await refuses("sealed_replayed", client.send((await client.ask()).stream, sealed));
    assert.equal(rig.engine.runs, runs + 1);
  });

  test("can't pay with a voucher that is forged, too large, or another channel's; a stale one changes nothing", async () => {
    const paid = await payChannel(network);
    const stranger = createSigningKey(primitives.randomBytes(32));
    const attached = (): Promise<WireClient> => WireClient.attach(network, paid);
    let payer = await attached();
    assert.equal(await payer.voucher(payer.sign(5n)), 5n);
    assert.equal(await payer.voucher(payer.sign(4n)), 5n);
    assert.equal(await payer.voucher(payer.sign(5n)), 5n);
    await refuses("voucher_signature_invalid", payer.voucher(payer.sign(6n, stranger)));
    payer = await attached();
    await refuses("voucher_exceeds_deposit", payer.voucher(payer.sign(1_000_000_001n)));
    payer = await attached();
    const { signature } = payer.sign(7n);
    const altered = { channel: paid.address, cumulative: nanotons(8n), signature };
    await refuses("voucher_signature_invalid", payer.voucher(altered));
    payer = await attached();
    await refuses("channel_unknown", payer.voucher({ ...altered, channel: channel.address }));
    assert.equal(booksOf(paid)["vouchered"], 5n);
  });

  test("whose channel is too small is refused until it is topped up, and served at once then", async () => {
    const paid = await payChannel(network, undefined, 20_000n);
    const poor = await WireClient.attach(network, paid);
    await refuses("balance_insufficient", poor.ask());
    await network.devnet.faucet(network.wallet("rich").address, 1_000_000_000n);
    await topUpChannel(network.wallet("rich"), paid.address, nanotons(100_000n));
    await waitFor("the proxy looks again", async () => {
      const asked = await poor.ask().catch(() => undefined);
      asked?.stream.stream.reset("cancelled");
      return asked !== undefined;
    });
    assert.equal(booksOf(paid)["deposit"], 120_000n);
    await poor.close();
  });

  test("who takes answers and says that they never came gets one credit window of them, ever", async () => {
    const taker = await payChannel(network);
    let again = await WireClient.attach(network, taker);
    const { stream } = await again.answer(wholeWindow);
    stream.stream.reset("cancelled");
    assert.ok((await charged(taker, "released")) > 1_000n);
    assert.equal(booksOf(taker)["posted"], 0n);
    await refuses("credit_exhausted", again.ask(wholeWindow));
    await again.close();
    again = await WireClient.attach(network, taker);
    await refuses("credit_exhausted", again.ask(wholeWindow));
    await again.close();
  });

  test("whose connection is lost before it acknowledged decides when it is back what it owes", async () => {
    const paid = await payChannel(network);
    const lost = await WireClient.attach(network, paid);
    const { sealed } = await lost.answer();
    await lost.close();
    const back = await WireClient.dial(network, paid);
    const account = await back.attach(paid.address, [sealed.request]);
    assert.deepEqual(account.unacknowledged, [sealed.request]);
    assert.ok((await charged(paid, "posted")) > 0n);
    assert.equal(booksOf(paid)["released"], 0n);
    await back.close();
  });

  test("who opens streams of no kind, says nothing known, or speaks out of turn is reset, and no more", async () => {
    const account = client.open(streamKinds.account);
    await account.send(encodeMessage("close"));
    await refuses("peer_misbehaved", account.hear());
    for (const kind of [0, 200, streamKinds.job, streamKinds.announce]) {
      await refuses("peer_misbehaved", client.open(kind).hear());
    }
    const asks = [Uint8Array.of(250), Uint8Array.of(), encodeMessage("ask"), encodeAttach("0:0")];
    for (const bytes of asks) {
      const stream = client.open(streamKinds.request);
      await stream.send(bytes);
      await refuses("peer_misbehaved", stream.hear());
    }
    for (const [body, code] of [
      [new Uint8Array(), "sealed_truncated"],
      [new Uint8Array(100), "sealed_malformed"],
    ] as const) {
      const { stream } = await client.ask();
      await stream.say("bodyLast", body);
      await refuses(code, stream.hear());
    }
    assert.ok(client.peer.connection.isOpen);
  });

  test("leaves nothing reserved, and nothing at work", async () => {
    await client.voucher(client.sign(await charged(channel, "posted")));
    const { stream } = await client.answer();
    await stream.say("acknowledge");
    await waitFor("the engine rests", () => rig.engine.load().active === 0);
  });
});
