import {
  type Account,
  CocoonError,
  Conversation,
  createConnectionPair,
  createSigningKey,
  encodeAccount,
  encodeClosed,
  encodeMessage,
  encodeVoucherHeld,
  nanotons,
  readAttach,
  readRequestIds,
  readVoucherMessage,
  type Stream,
} from "@cocoon/protocol";
import assert from "node:assert/strict";
import { test } from "node:test";
import { acceptedAnswer, PaymentMemory } from "../../testing/payment-memory.ts";
import { Purse } from "../spend/index.ts";
import { AccountLink } from "./account.ts";

const channel = `0:${"aa".repeat(32)}`;
const books: Account = {
  deposit: nanotons(1_000n),
  claimed: nanotons(0n),
  posted: nanotons(0n),
  vouchered: nanotons(0n),
  creditWindow: nanotons(400n),
  unacknowledged: [],
};
const hash = "ab".repeat(32);

type Rig = {
  readonly purse: Purse;
  /** The proxy's end of the account stream. */
  readonly proxy: Promise<Conversation>;
  readonly attach: () => Promise<AccountLink>;
  readonly cut: () => void;
};

async function rig(): Promise<Rig> {
  const { dialer, listener, cut } = createConnectionPair();
  const proxy = new Promise<Conversation>((resolve) => {
    listener.serve((stream: Stream) => resolve(new Conversation(stream)));
  });
  const sessionKey = createSigningKey(new Uint8Array(32).fill(1));
  const store = new PaymentMemory();
  const purse = await Purse.open({ channel, store, sessionKey, networkId: -7239 });
  return { purse, proxy, attach: () => AccountLink.attach(dialer, purse), cut };
}

/** Attaches with an honest proxy; resolves with both ends. */
async function attached({ proxy, attach }: Rig, account: Partial<Account> = {}) {
  const attaching = attach();
  const conversation = await proxy;
  assert.equal(readAttach(await conversation.expect("attach")), channel);
  await conversation.send(encodeAccount({ ...books, ...account }));
  const stored = readRequestIds(await conversation.expect("reconcile"));
  await conversation.say("ready");
  return { stored, proxy: conversation, attaching };
}

async function hold(proxy: Conversation): Promise<bigint> {
  const { cumulative } = readVoucherMessage(await proxy.expect("voucher"));
  await proxy.send(encodeVoucherHeld(cumulative));
  return cumulative;
}

const refused = (code: string) => (error: unknown) =>
  error instanceof CocoonError && error.code === code;

test("attach() fails with the proxy's refusal, and with a connection that is lost", async () => {
  const closed = await rig();
  const refusing = closed.attach();
  (await closed.proxy).stream.reset("channel_closed");
  await assert.rejects(refusing, refused("channel_closed"));
  const lost = await rig();
  const attaching = lost.attach();
  await (await lost.proxy).expect("attach");
  lost.cut();
  await assert.rejects(attaching, refused("peer_unreachable"));
});

test("a proxy that holds more than was signed, or says what has no place here, is left", async () => {
  for (const word of [encodeVoucherHeld(nanotons(1n)), encodeMessage("promise")]) {
    const { proxy, attaching } = await attached(await rig());
    const link = await attaching;
    await proxy.send(word);
    await link.ended;
    assert.equal(link.isOpen, false);
    await assert.rejects(proxy.hear(), refused("peer_misbehaved"));
  }
});

test("pay() and close() reject when the account stream ends, and the session knows", async () => {
  const ends = await rig();
  const { proxy, attaching } = await attached(ends);
  const link = await attaching;
  await ends.purse.accept(acceptedAnswer(channel, "a", 5n));
  const paying = link.pay();
  await proxy.expect("voucher");
  proxy.stream.reset("chain_unavailable");
  await assert.rejects(paying, refused("chain_unavailable"));
  await link.ended;
  assert.equal(link.isOpen, false);
  await assert.rejects(link.close(), refused("chain_unavailable"));
});

test("attach() names what is stored, and pays what an earlier connection left open", async () => {
  const ends = await rig();
  await ends.purse.accept(acceptedAnswer(channel, "a", 5n));
  const unacknowledged = ["a", "b"];
  const { stored, proxy, attaching } = await attached(ends, { unacknowledged });
  assert.deepEqual(stored, ["a"]);
  assert.equal(await hold(proxy), 5n);
  const link = await attaching;
  assert.deepEqual(link.state, {
    deposit: 1_000n,
    creditWindow: 400n,
    spent: 5n,
    vouchered: 5n,
  });
});

test("pay() covers all answers by one voucher, and waits until the proxy holds it", async () => {
  const ends = await rig();
  const { proxy, attaching } = await attached(ends);
  const link = await attaching;
  for (const request of ["a", "b", "c"]) {
    await ends.purse.accept(acceptedAnswer(channel, request, 5n));
  }
  const paying = Promise.all([link.pay(), link.pay()]);
  assert.equal(await hold(proxy), 15n);
  await paying;
  assert.equal(link.state.vouchered, 15n);
});

test("paySoon() pays at once when more than a quarter of the window is open", async () => {
  const ends = await rig();
  const { proxy, attaching } = await attached(ends);
  const link = await attaching;
  await ends.purse.accept(acceptedAnswer(channel, "a", 101n));
  link.paySoon();
  assert.equal(await hold(proxy), 101n);
});

test("close() pays first, and resolves with what the chain did", async () => {
  const ends = await rig();
  const { proxy, attaching } = await attached(ends);
  const link = await attaching;
  await ends.purse.accept(acceptedAnswer(channel, "a", 7n));
  const closing = link.close();
  assert.equal(await hold(proxy), 7n);
  await proxy.expect("close");
  await proxy.send(encodeClosed({ transaction: hash, paid: nanotons(7n) }));
  assert.deepEqual(await closing, { transaction: hash, paid: 7n });
});
