// One job on its way through the worker: receive, open, check the terms, answer, hand in the receipt.

import {
  CocoonError,
  concatBytes,
  Conversation,
  encodeMessage,
  type ExecutedRequests,
  type Keyring,
  type KeptSessions,
  type OpenedRequest,
  openRequest,
  type Price,
  type RawAddress,
  readRequestIds,
  sealedRequestBytesMax,
  type SigningKey,
  type Stream,
  type Tier,
  toHex,
} from "@cocoon/protocol";
import type { Engine } from "../engine/index.ts";
import { answerRequest } from "./answer.ts";
import type { Earnings } from "./earnings.ts";
import type { WorkerMonitor } from "./monitor.ts";
import type { SequenceGuard } from "./sequence-guard.ts";
import { readAsked } from "./task.ts";

/** What this worker has announced; a request must fit it. */
export type Terms = {
  readonly networkId: number;
  readonly manifestHash: string;
  /** Name of the model in requests. */
  readonly model: string;
  /** At which this worker is attested. */
  readonly tier: Tier;
  /** Whether this is what was asked, now or when the request was offered. */
  readonly accepts: (price: Price) => boolean;
  /** Claims hashes that are current or were a moment ago, hex. */
  readonly claimsHashes: ReadonlySet<string>;
};

export type JobModules = {
  readonly engine: Engine;
  readonly identityKey: SigningKey;
  readonly keyring: Keyring;
  readonly executed: ExecutedRequests;
  readonly sessions: KeptSessions;
  readonly sequences: SequenceGuard;
  readonly earnings: Earnings;
  readonly terms: () => Terms;
  readonly tickMs: number;
  readonly now: () => number;
  readonly monitor: WorkerMonitor;
};

/**
 * Serves a job stream of a proxy that pays from a channel. Every failure ends as one reset, and earns nothing. Resolves
 * with the request id, hex, when the receipt was handed in and the proxy did not say whether it is in the log.
 */
export async function serveJob(
  modules: JobModules,
  stream: Stream,
  payFrom: RawAddress,
): Promise<string | undefined> {
  const proxy = new Conversation(stream);
  let handedIn: string | undefined;
  try {
    modules.earnings.requireCredit(payFrom);
    const { wire, release } = await receiveBody(proxy);
    const opened = await openRequest(wire, modules.keyring, {
      nowMs: modules.now(),
      executed: modules.executed,
      sessions: modules.sessions,
      release,
    });
    const terms = modules.terms();
    checkTerms(terms, opened);
    const asked = readAsked(opened.body, terms.model);
    modules.sequences.take(opened.header.channel, opened.header.sequence);
    const send = (piece: Uint8Array): Promise<void> => proxy.say("answer", piece);
    const { signal } = stream;
    const answer = await answerRequest(
      { ...modules, tier: terms.tier, send, signal },
      opened,
      asked,
    );
    const requestId = toHex(opened.requestId);
    await modules.earnings.handIn({
      request: requestId,
      channel: payFrom,
      amount: answer.work,
      atMs: modules.now(),
      model: terms.model,
      usage: answer.usage,
      durationMs: answer.durationMs,
    });
    handedIn = requestId;
    await proxy.send(encodeMessage("receipt", answer.receipt));
    await proxy.send(encodeMessage("final", answer.final));
    stream.end();
    await modules.earnings.committed(readRequestIds(await proxy.expect("committed")));
    return undefined;
  } catch (error) {
    const refusal =
      error instanceof CocoonError ? error : new CocoonError("internal", {}, { cause: error });
    if (refusal.code === "credit_exhausted") modules.monitor.fault("proxy_owes");
    proxy.fail(refusal);
    return handedIn;
  } finally {
    modules.monitor.changed();
  }
}

type ReceivedBody = {
  readonly wire: Uint8Array;
  /** Comes first, when another recipient failed before. */
  readonly release: Uint8Array | undefined;
};

async function receiveBody(proxy: Conversation): Promise<ReceivedBody> {
  const pieces: Uint8Array[] = [];
  let sizeBytes = 0;
  let message = await proxy.hear();
  const release = message?.name === "release" ? message.body : undefined;
  if (release !== undefined) message = await proxy.hear();
  for (; ; message = await proxy.hear()) {
    if (message?.name !== "body" && message?.name !== "bodyLast") {
      throw new CocoonError("sealed_truncated");
    }
    sizeBytes += message.body.length;
    if (sizeBytes > sealedRequestBytesMax) throw new CocoonError("request_too_large");
    pieces.push(message.body);
    if (message.name === "bodyLast") return { wire: concatBytes(...pieces), release };
  }
}

function checkTerms(terms: Terms, { header, terms: own }: OpenedRequest): void {
  if (header.networkId !== terms.networkId) throw new CocoonError("network_mismatch");
  if (header.manifestHash !== terms.manifestHash) throw new CocoonError("manifest_mismatch");
  if (!terms.claimsHashes.has(own.claimsHash)) {
    throw new CocoonError("offer_mismatch", { field: "claimsHash" });
  }
  if (!terms.accepts(own)) throw new CocoonError("offer_mismatch", { field: "price" });
}
