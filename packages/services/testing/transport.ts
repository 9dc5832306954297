// Both ends of the transport for its tests: nodes, and strangers that break the rules.

import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer as createTcpServer, type Socket } from "node:net";
import { connect as connectTls, createServer as createTlsServer, type TLSSocket } from "node:tls";
import { CocoonError, createSigningKey, type ErrorCode } from "@cocoon/protocol";
import type { Refusal } from "../src/transport/admission.ts";
import { createCarrierCertificate } from "../src/transport/carrier-certificate.ts";
import { dial, type DialOptions } from "../src/transport/dial.ts";
import { listen, type Listener, type ListenOptions } from "../src/transport/listen.ts";
import type { Peer } from "@cocoon/sdk";
import type { Timers } from "@cocoon/sdk";

export const host = "127.0.0.1";
const network = { networkId: -7239, rootAddress: `0:${"ab".repeat(32)}` };
export const proxyKey = createSigningKey(new Uint8Array(32).fill(1));
export const workerKey = createSigningKey(new Uint8Array(32).fill(2));
const proxy = { ...network, identity: proxyKey, role: "proxy" } as const;
const worker = { ...network, identity: workerKey, role: "worker" } as const;

/** For assert.rejects(): whether an error is a CocoonError with this code. */
export function isRefusal(code: ErrorCode): (error: unknown) => boolean {
  return (error) => error instanceof CocoonError && error.code === code;
}

/** Timers that pass when the test says so. */
export type HandTimers = Timers & {
  /** Fires those that were set with this delay. */
  pass(delayMs: number): void;
};

export function createHandTimers(): HandTimers {
  const pending = new Set<{ delayMs: number; callback: () => void }>();
  return {
    nowMs: () => 0,
    every: () => () => undefined,
    after: (delayMs, callback) => {
      const timer = { delayMs, callback };
      pending.add(timer);
      return () => void pending.delete(timer);
    },
    pass: (delayMs) => {
      for (const timer of pending) {
        if (timer.delayMs === delayMs && pending.delete(timer)) timer.callback();
      }
    },
  };
}

/** A listener that notes whom it met and whom it refused. */
export type TestListener = Listener & {
  readonly peers: readonly Peer[];
  readonly refusals: readonly Refusal[];
  /** The first peer, once there is one. */
  peer(): Promise<Peer>;
  /** The code of the first refusal, once there is one. */
  refusal(): Promise<ErrorCode | undefined>;
};

/** A proxy on a free port. */
export async function listenForTest(options: Partial<ListenOptions> = {}): Promise<TestListener> {
  const peers: Peer[] = [];
  const refusals: Refusal[] = [];
  const waiting: (() => void)[] = [];
  const changed = () => {
    for (const wake of waiting.splice(0)) wake();
  };
  const listener = await listen({
    ...proxy,
    host,
    port: 0,
    onPeer: (peer) => {
      peers.push(peer);
      changed();
    },
    onRefused: (refusal) => {
      refusals.push(refusal);
      changed();
    },
    ...options,
  });
  const until = async (isSo: () => boolean) => {
    while (!isSo()) await new Promise<void>((resolve) => waiting.push(resolve));
  };
  return {
    ...listener,
    peers,
    peer: async () => {
      await until(() => peers.length > 0);
      return peers[0] ?? assert.fail();
    },
    refusal: async () => {
      await until(() => refusals.length > 0);
      return refusals[0]?.code;
    },
    refusals,
  };
}

/** Dials as a worker. */
export function dialTo(port: number, options: Partial<DialOptions> = {}): Promise<Peer> {
  return dial({ ...worker, host, port, ...options });
}

/** A socket that speaks TLS as told and not our protocol. */
export async function connectRaw(port: number, options: object = {}): Promise<TLSSocket> {
  const socket = connectTls({ host, port, rejectUnauthorized: false, ...options });
  await once(socket, "secureConnect");
  socket.on("error", () => undefined);
  return socket;
}

/** Resolves when the socket is closed, whatever it still receives. */
export async function closedOf(socket: Socket): Promise<void> {
  socket.resume();
  if (!socket.closed) await once(socket, "close");
}

export type RawServer = { readonly port: number; readonly close: () => Promise<void> };

/** A server, with TLS or without, that hands its sockets to the test. */
export async function serveRaw(
  onSocket: (socket: Socket) => void,
  isTls: boolean,
): Promise<RawServer> {
  const sockets = new Set<Socket>();
  const accept = (socket: Socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    onSocket(socket);
  };
  const server = isTls
    ? createTlsServer({ ...createCarrierCertificate(), ALPNProtocols: ["cocoon/1"] }, accept)
    : createTcpServer(accept);
  server.listen({ host, port: 0 });
  await once(server, "listening");
  const address = server.address();
  assert.ok(typeof address === "object" && address !== null);
  const close = async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, "close");
  };
  return { port: address.port, close };
}

/** One frame, written by hand. */
export function frame(stream: number, type: number, payload: Uint8Array): Buffer {
  const header = Buffer.alloc(9);
  header.writeUInt32BE(payload.length);
  header.writeUInt32BE(stream, 4);
  header[8] = type;
  return Buffer.concat([header, payload]);
}
