// What startDevnet runs in its worker thread: the chain and its HTTP face.

import { CocoonError, type ErrorCode, type ErrorDetails } from "@cocoon/protocol";
import { type MessagePort, parentPort, workerData } from "node:worker_threads";
import { Ledger, type LedgerOptions } from "./ledger/index.ts";
import { serveToncenter, type ServerOptions } from "./toncenter/index.ts";

/** What the thread is started with. */
export type ChainOptions = Pick<LedgerOptions, "blockMs" | "snapshotEvery"> &
  Pick<ServerOptions, "host" | "port"> & { readonly home: string | undefined };

/** What the thread says: first ready or refused, then perhaps faults. It is told "stop" and ends. */
export type ChainMessage =
  | {
      readonly kind: "ready";
      readonly port: number;
      readonly blockCount: number;
      readonly transactionCount: number;
    }
  | { readonly kind: "refused"; readonly code: ErrorCode; readonly details: ErrorDetails }
  | { readonly kind: "fault"; readonly error: unknown };

type Say = (message: ChainMessage) => void;

async function runChain(options: ChainOptions, parent: MessagePort, say: Say): Promise<void> {
  const { home, blockMs, snapshotEvery } = options;
  const ledger = await Ledger.open({
    ...(home !== undefined && { home }),
    blockMs,
    snapshotEvery,
    nowSeconds: () => Math.floor(Date.now() / 1_000),
    // After an uncertain write nothing may be answered: the thread dies, a restart reads what is there.
    onFailure: (error) => {
      setImmediate(() => {
        throw error;
      });
    },
  });
  const onFault = (error: unknown) => say({ kind: "fault", error });
  try {
    const server = await serveToncenter(ledger, { ...options, onFault });
    const { blocks, rows } = ledger.history;
    const { port } = server;
    say({ kind: "ready", port, blockCount: blocks.length, transactionCount: rows.length });
    await new Promise((resolve) => parent.once("message", resolve));
    await server.close();
  } finally {
    await ledger.close();
  }
}

if (parentPort !== null) {
  const parent = parentPort;
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
  const say = (message: ChainMessage) => parent.postMessage(message);
  // oxlint-disable-next-line no-unsafe-type-assertion -- startDevnet is the only one to start this thread
  await runChain(workerData as ChainOptions, parent, say).catch((error: unknown) => {
    if (!(error instanceof CocoonError)) throw error;
    say({ kind: "refused", code: error.code, details: error.details });
  });
  parent.close();
}
