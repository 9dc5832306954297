// What somebody does who wants the network to stop, with nothing but sockets and time.

import { connect as connectPlain, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import {
  CocoonError,
  Conversation,
  createSigningKey,
  encodeAnnouncement,
  primitives,
  streamKinds,
} from "@cocoon/protocol";
import type { Peer } from "@cocoon/sdk";
import { dial } from "@cocoon/services";
import { comes, rest } from "../faults/index.ts";
import type { Network } from "../network/network.ts";

export type Abuse = {
  readonly name: string;
  /**
   * Goes on until the signal says so, or until it has done all where there is an end to it; resolves, with everything let
   * go, to what it managed.
   */
  readonly commit: (network: Network, signal: AbortSignal) => Promise<string>;
  /** Honest applications are timed until it is done. */
  readonly hasEnd?: true;
};

/** Sockets that are opened in one go; between two goes the harness breathes. */
const batch = 200;

const silentCount = 10_000;
const slowCount = 400;
const unreadCount = 150;
const garbageCount = 100_000;
/** Connections, each with a piece under way; and pieces until a connection is given up for one of a new key. */
const garbageAtOnce = 16;
const garbagePerKey = 200;
const garbageBytesMax = 30_000;
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
    name: `${garbageCount} pieces of garbage in place of evidence, ${garbagePerKey} from a key`,
    commit: commitGarbage,
    hasEnd: true,
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

async function commitGarbage(network: Network): Promise<string> {
  const beganMs = performance.now();
  const refusals = new Map<string, number>();
  let left = garbageCount;
  const offer = async (): Promise<void> => {
    while (left > 0) {
      const peer = await dialAsWorker(network);
      for (let more = 0; more < garbagePerKey && left > 0; more += 1) {
        left -= 1;
        const code = await offerGarbage(network, peer);
        refusals.set(code, (refusals.get(code) ?? 0) + 1);
      }
      await peer.close();
    }
  };
  await Promise.all(Array.from({ length: garbageAtOnce }, offer));
  const seconds = Math.round((performance.now() - beganMs) / 1_000);
  const counts = [...refusals].map(([code, count]) => `${count} times ${code}`);
  return `${counts.join(", ")}, in ${seconds} s`;
}

function dialAsWorker({ plan }: Network): Promise<Peer> {
  return dial({
    host: "127.0.0.1",
    port: plan.ports.proxy,
    expectPublicKey: plan.logKey,
    identity: createSigningKey(primitives.randomBytes(32)),
    role: "worker",
    networkId: plan.network.networkId,
    rootAddress: plan.network.root,
    handshakeTimeoutMs: 60_000,
  });
}

/** A stranger announces itself with evidence of nothing. Returns the code with which it was refused. */
async function offerGarbage({ plan }: Network, { connection }: Peer): Promise<string> {
  const stream = new Conversation(connection.open(streamKinds.announce));
  const bundle = primitives.randomBytes(1 + Math.floor(garbageBytesMax * Math.random()));
  const keyConfig = primitives.randomBytes(1_024);
  try {
    const payout = plan.network.root;
    await stream.send(encodeAnnouncement({ bundle, keyConfig, asks: [], payout }));
    await stream.hear();
    return "nothing";
  } catch (error) {
    return error instanceof CocoonError ? error.code : "a fault";
  }
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
