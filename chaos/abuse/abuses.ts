// What somebody does who wants the network to stop, with nothing but sockets and time.

import { connect as connectPlain, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { createSigningKey, encodeMessage, primitives, streamKinds } from "@cocoon/protocol";
import { dial } from "@cocoon/services";
import { comes, rest } from "../faults/index.ts";
import type { Network } from "../network/network.ts";

export type Abuse = {
  readonly name: string;
  /** Goes on until the signal says so; resolves, with everything let go, to what it managed. */
  readonly commit: (network: Network, signal: AbortSignal) => Promise<string>;
};

/** Sockets that are opened in one go; between two goes the harness breathes. */
const batch = 200;

const silentCount = 10_000;
const slowCount = 400;
const unreadCount = 150;
const garbageAtOnce = 16;
const oversizedBytes = 40_000_000;
/** For the other side to take more. */
const pourMs = 5_000;

export const abuses: readonly Abuse[] = [
  {
    name: `${silentCount} connections to the proxy that say nothing`,
    commit: async ({ plan }, signal) => {
      const held = await crowd(silentCount, signal, () => openPlain(plan.ports.proxy));
      await aborted(signal);
      return letGo(held);
    },
  },
  {
    name: `${slowCount} connections to the proxy that stop after TLS`,
    commit: async ({ plan }, signal) => {
      const held = await crowd(slowCount, signal, () => openTls(plan.ports.proxy));
      await aborted(signal);
      return letGo(held);
    },
  },
  {
    name: `${slowCount} requests to the gateway, a letter at a time`,
    commit: async ({ plan }, signal) => {
      const held = await crowd(slowCount, signal, () => openPlain(plan.ports.gateway));
      const text = `POST /v1/chat/completions HTTP/1.1\r\nhost: 127.0.0.1\r\nx-slow: ${"a".repeat(5_000)}`;
      for (let at = 0; !signal.aborted && at < text.length; at += 1) {
        for (const socket of held) if (socket.writable) socket.write(text.charAt(at));
        await rest(100);
      }
      return letGo(held);
    },
  },
  {
    name: "garbage in place of evidence, from new keys without an end",
    commit: commitGarbage,
  },
  {
    name: `bodies of ${oversizedBytes} bytes to the gateway, and names without an end to the proxy`,
    commit: async ({ plan }, signal) => {
      let count = 0;
      while (!signal.aborted) {
        const gateway = openPlain(plan.ports.gateway);
        gateway.write(
          `POST /v1/chat/completions HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\ncontent-length: ${oversizedBytes}\r\n\r\n`,
        );
        const proxy = openTls(plan.ports.proxy, "http/1.1");
        proxy.write(`GET /${"x".repeat(1 << 20)} HTTP/1.1\r\n`);
        await pour(gateway, oversizedBytes);
        gateway.destroy();
        proxy.destroy();
        count += 1;
      }
      return `${count} of them`;
    },
  },
  {
    name: `${unreadCount} streams of the gateway that nobody reads`,
    commit: async ({ plan, load }, signal) => {
      const body = load.bodyFor("unread", true);
      const held = await crowd(unreadCount, signal, () => {
        const socket = openPlain(plan.ports.gateway);
        socket.pause();
        socket.write(
          `POST /v1/chat/completions HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
        );
        return socket;
      });
      await aborted(signal);
      return letGo(held);
    },
  },
];

async function commitGarbage(network: Network, signal: AbortSignal): Promise<string> {
  let count = 0;
  const offer = async (): Promise<void> => {
    while (!signal.aborted) count += await offerGarbage(network);
  };
  await Promise.all(Array.from({ length: garbageAtOnce }, offer));
  return `${count} pieces`;
}

/** One stranger with a key of its own and evidence of nothing. Returns whether it could say it, as a number. */
async function offerGarbage({ plan }: Network): Promise<number> {
  const peer = await dial({
    host: "127.0.0.1",
    port: plan.ports.proxy,
    expectPublicKey: plan.logKey,
    identity: createSigningKey(primitives.randomBytes(32)),
    role: "worker",
    networkId: plan.network.networkId,
    rootAddress: plan.network.root,
  }).catch(() => undefined);
  if (peer === undefined) return 0;
  try {
    const stream = peer.connection.open(streamKinds.announce);
    await stream.send(encodeMessage("announce", primitives.randomBytes(30_000)));
    await Promise.race([stream.read(), rest(1_000)]);
  } catch {
    // Refused, as it should be.
  } finally {
    await peer.close();
  }
  return 1;
}

async function crowd(count: number, signal: AbortSignal, open: () => Socket): Promise<Socket[]> {
  const held: Socket[] = [];
  while (held.length < count && !signal.aborted) {
    for (let more = 0; more < batch && held.length < count; more += 1) held.push(open());
    await rest(20);
  }
  return held;
}

function openPlain(port: number): Socket {
  const socket = connectPlain({ host: "127.0.0.1", port });
  socket.on("error", () => undefined);
  return socket;
}

function openTls(port: number, alpn = "cocoon/1"): Socket {
  const socket = connectTls({
    host: "127.0.0.1",
    port,
    ALPNProtocols: [alpn],
    rejectUnauthorized: false,
  });
  socket.on("error", () => undefined);
  return socket;
}

/** Writes for as long as the other side takes it. */
async function pour(socket: Socket, bytes: number): Promise<void> {
  const piece = Buffer.alloc(1 << 16, "x");
  for (let sent = 0; sent < bytes && socket.writable; sent += piece.length) {
    if (socket.write(piece)) continue;
    await comes(() => !socket.writable || !socket.writableNeedDrain, pourMs);
  }
}

function letGo(held: readonly Socket[]): string {
  const open = held.filter(({ destroyed }) => !destroyed).length;
  for (const socket of held) socket.destroy();
  return `${held.length} opened, ${open} still there at the end`;
}

async function aborted(signal: AbortSignal): Promise<void> {
  await comes(() => signal.aborted, 600_000);
}
