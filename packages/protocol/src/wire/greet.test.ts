import assert from "node:assert/strict";
import { test } from "node:test";
import type { ErrorCode } from "../errors/index.ts";
import { createSigningKey } from "../primitives/index.ts";
import type { Connection } from "./connection.ts";
import type { Carrier } from "./outbox.ts";
import { greet, type GreetOptions } from "./greet.ts";
import type { HelloTerms, PeerIdentity } from "./hello.ts";

const common = {
  networkId: -7239,
  rootAddress: `0:${"ab".repeat(32)}`,
  binding: new Uint8Array(32).fill(9),
};
const gateway: HelloTerms = {
  ...common,
  side: "dialer",
  identity: createSigningKey(new Uint8Array(32).fill(1)),
  role: "client",
};
const proxy: HelloTerms = {
  ...common,
  side: "listener",
  identity: createSigningKey(new Uint8Array(32).fill(2)),
  role: "proxy",
};

type Expectations = Partial<Pick<GreetOptions, "expectPublicKey" | "expectRoles">>;

function meet(dialerTerms: HelloTerms, dialerExpects: Expectations, listenerExpects: Expectations) {
  const met: PeerIdentity[] = [];
  const onPeer = (identity: PeerIdentity) => void met.push(identity);
  const carrierTo = (peer: () => Connection): Carrier => ({
    write: (chunks) => {
      queueMicrotask(() => {
        for (const chunk of chunks) peer().receive(chunk);
      });
      return true;
    },
    schedule: (flush) => queueMicrotask(flush),
    close: () => queueMicrotask(() => peer().carrierClosed()),
  });
  const dialer: Connection = greet({
    ...dialerExpects,
    terms: dialerTerms,
    carrier: carrierTo(() => listener),
    onPeer,
  });
  const listener: Connection = greet({
    ...listenerExpects,
    terms: proxy,
    carrier: carrierTo(() => dialer),
    onPeer,
  });
  return { dialer, listener, met };
}

async function assertRefused(
  { dialer, listener }: ReturnType<typeof meet>,
  codes: readonly [dialer: ErrorCode, listener: ErrorCode],
): Promise<void> {
  const errors = await Promise.all([dialer.closed, listener.closed]);
  assert.deepEqual(
    errors.map((error) => error?.code),
    codes,
  );
}

test("greet() refuses a listener with another key than the one dialed", async () => {
  const expectPublicKey = gateway.identity.publicKey;
  const meeting = meet(gateway, { expectPublicKey }, {});
  assert.equal((await meeting.dialer.closed)?.code, "handshake_failed");
  assert.equal((await meeting.listener.closed)?.code, "peer_unreachable");
  assert.deepEqual(
    meeting.met.map(({ role }) => role),
    ["client"],
  );
});

test("greet() refuses a role that is not expected, on either side", async () => {
  await assertRefused(meet(gateway, {}, { expectRoles: ["worker"] }), [
    "handshake_failed",
    "handshake_failed",
  ]);
  const meeting = meet(gateway, { expectRoles: ["worker"] }, {});
  assert.equal((await meeting.dialer.closed)?.code, "handshake_failed");
});

test("greet() tells a dialer of another network why it was refused, and nobody is met", async () => {
  const meeting = meet({ ...gateway, networkId: -239 }, {}, {});
  await assertRefused(meeting, ["network_mismatch", "network_mismatch"]);
  assert.deepEqual(meeting.met, []);
});

test("greet() refuses hellos of two different carriers", async () => {
  const elsewhere = { ...gateway, binding: new Uint8Array(32) };
  await assertRefused(meet(elsewhere, {}, {}), ["handshake_failed", "handshake_failed"]);
});

test("greet() gives each side the other's key and role", async () => {
  const expectPublicKey = proxy.identity.publicKey;
  const { dialer, listener, met } = meet(
    gateway,
    { expectPublicKey, expectRoles: ["proxy"] },
    { expectRoles: ["client", "worker"] },
  );
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
  assert.deepEqual(
    met.map(({ role }) => role),
    ["client", "proxy"],
  );
  assert.deepEqual(met[0]?.publicKey, gateway.identity.publicKey);
  assert.ok(dialer.isOpen && listener.isOpen);
});
