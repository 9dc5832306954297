// Bytes that nobody who means well sends, at every port.

import { connect as connectPlain, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { Chance } from "../chance.ts";
import type { Network } from "../network/network.ts";
import { comes, type FaultKind, rest } from "./fault.ts";

type Door = {
  readonly kind: string;
  readonly port: (network: Network) => number;
  /** Undefined speaks no TLS. */
  readonly alpn: string | undefined;
  readonly pieces: (chance: Chance) => readonly Buffer[];
};

const noise = (chance: Chance, bytesMax: number): Buffer =>
  Buffer.from(Array.from({ length: chance.between(1, bytesMax) }, () => chance.between(0, 255)));

/** u32 length, u32 stream, u8 type, payload: of any length, and true to it or not. */
function frameLike(chance: Chance): Buffer {
  const payload = noise(chance, 600);
  const header = Buffer.alloc(9);
  const honest = payload.length;
  header.writeUInt32BE(chance.pick([honest, honest, 0, 1, 65_535, 0xff_ff_ff_ff]), 0);
  header.writeUInt32BE(chance.pick([0, 0, 1, 2, 0xff_ff_ff_ff]), 4);
  header.writeUInt8(chance.between(0, 16), 8);
  return Buffer.concat([header, payload]);
}

function requestLike(chance: Chance): Buffer {
  const path = chance.pick([
    "/v1/chat/completions",
    "/checkpoint",
    "/wire",
    "/tile/0/000",
    "/api/v2/jsonRPC",
    "/devnet/faucet",
    "/../../etc/passwd",
  ]);
  const method = chance.pick(["GET", "POST", "PUT", "BREW"]);
  const body = chance.pick([
    "{",
    "[".repeat(5_000),
    '{"model":1}',
    "null",
    noise(chance, 400).toString("latin1"),
  ]);
  const length = chance.pick([
    String(body.length),
    String(body.length + 10),
    "-1",
    "99999999999",
    "x",
  ]);
  const upgrade =
    path === "/wire"
      ? "upgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-version: 13\r\nsec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
      : "";
  return Buffer.from(
    `${method} ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n${upgrade}content-length: ${length}\r\n\r\n${body}`,
    "latin1",
  );
}

const doors: readonly Door[] = [
  {
    kind: "strangers at the proxy, in frames",
    port: ({ plan }) => plan.ports.proxy,
    alpn: "cocoon/1",
    pieces: (chance) => Array.from({ length: chance.between(1, 8) }, () => frameLike(chance)),
  },
  {
    kind: "strangers at the proxy, in HTTP",
    port: ({ plan }) => plan.ports.proxy,
    alpn: "http/1.1",
    pieces: (chance) => [requestLike(chance), noise(chance, 300)],
  },
  {
    kind: "strangers at the proxy, without TLS",
    port: ({ plan }) => plan.ports.proxy,
    alpn: undefined,
    pieces: (chance) => [noise(chance, 2_000)],
  },
  {
    kind: "strangers at the log",
    port: ({ plan }) => plan.ports.log,
    alpn: undefined,
    pieces: (chance) => [requestLike(chance), noise(chance, 300)],
  },
  {
    kind: "strangers at the gateway",
    port: ({ plan }) => plan.ports.gateway,
    alpn: undefined,
    pieces: (chance) => [requestLike(chance), noise(chance, 300)],
  },
  {
    kind: "strangers at the chain",
    port: ({ plan }) => plan.ports.devnet,
    alpn: undefined,
    // Whoever reaches a devnet may make money, so it gets no well-formed calls.
    pieces: (chance) => [noise(chance, 2_000)],
  },
];

const visitsAtOnce = 20;

export const strangerFaults: readonly FaultKind[] = doors.map((door) => {
  return {
    kind: door.kind,
    felt: "it was told something, or shown the door",
    draw: (chance) => {
      const seed = chance.between(0, 2 ** 31);
      const count = chance.between(visitsAtOnce, 3 * visitsAtOnce);
      return {
        what: `${count} visits from ${seed}`,
        inflict: async (network) => {
          let felt = 0;
          const visitor = new Chance(String(seed));
          for (let done = 0; done < count; done += visitsAtOnce) {
            const visits = Array.from({ length: visitsAtOnce }, () =>
              visit(network, door, door.pieces(visitor)),
            );
            felt += (await Promise.all(visits)).filter((isFelt) => isFelt).length;
          }
          return felt > 0;
        },
      };
    },
  };
});

/** Says its pieces and waits for an answer or the end; leaves when neither comes. */
async function visit(network: Network, door: Door, pieces: readonly Buffer[]): Promise<boolean> {
  const socket = dial(door.port(network), door.alpn);
  let isFelt = false;
  socket.on("data", () => (isFelt = true));
  socket.on("close", () => (isFelt = true));
  socket.on("error", () => undefined);
  for (const piece of pieces) {
    socket.write(piece);
    await rest(5);
  }
  await comes(() => isFelt, 2_000);
  socket.destroy();
  return isFelt;
}

function dial(port: number, alpn: string | undefined): Socket {
  if (alpn === undefined) return connectPlain({ host: "127.0.0.1", port });
  // oxlint-disable-next-line node/no-tls-reject-unauthorized -- certificates are carriers here: see spec 3
  return connectTls({ host: "127.0.0.1", port, ALPNProtocols: [alpn], rejectUnauthorized: false });
}
