// The announce stream: a worker proves what it is, says what it asks, and learns what it earned.

import {
  type RawAddress,
  type Announcement,
  type AttestedWorker,
  CocoonError,
  Conversation,
  encodeRequestIds,
  equalBytes,
  type ErrorCode,
  type Message,
  openKeyConfig,
  type Policy,
  readAnnouncement,
  readLoad,
  readRequestIds,
  readWithdrawal,
  type Stream,
  type TrustProfile,
  verifyBundle,
} from "@cocoon/protocol";
import type { Peer, RequireWorkerBond } from "@cocoon/sdk";
import type { Logger } from "../observe/index.ts";
import { type ConnectedWorker, connectedWorker, type WorkerDirectory } from "./workers.ts";
import { refusalOf } from "./refusal.ts";
import type { WorkerPayments } from "./payments.ts";
import type { PriceBounds } from "./offer.ts";

export type Announcements = {
  readonly directory: WorkerDirectory;
  readonly payments: WorkerPayments;
  readonly policy: () => Policy;
  readonly bounds: () => ReadonlyMap<string, PriceBounds>;
  readonly profiles: readonly TrustProfile[];
  readonly requireBond: RequireWorkerBond;
  /** Durable when it resolves. */
  readonly publishIdentity: (worker: ConnectedWorker) => Promise<void>;
  /** Whether a request's receipt is in the log, and of a worker that is paid at this address. */
  readonly isCommitted: (request: string, payout: RawAddress) => boolean;
  readonly now: () => number;
  readonly logger: Logger;
  /** Told of each refusal. */
  readonly refused: (code: ErrorCode) => void;
};

/** Serves a worker's announce stream until it ends; the worker is offered only in between. */
export async function serveAnnouncements(
  announcements: Announcements,
  peer: Peer,
  stream: Stream,
): Promise<void> {
  const conversation = new Conversation(stream);
  let worker: ConnectedWorker | undefined;
  try {
    for (;;) {
      const message = await conversation.hear();
      if (message === undefined) break;
      if (message.name === "announce") {
        worker = await welcome(announcements, peer, conversation, readAnnouncement(message.body));
      } else {
        await serveMessage(announcements, conversation, worker, message);
      }
    }
    stream.end();
  } catch (error) {
    const refusal = refusalOf(error);
    announcements.refused(refusal.code);
    conversation.fail(refusal);
  } finally {
    if (worker !== undefined) {
      announcements.directory.remove(worker.id, peer);
      announcements.payments.detach(worker.payout, conversation);
      announcements.logger.event("worker_left", { workerId: worker.id });
    }
  }
}

async function serveMessage(
  { directory, isCommitted, logger }: Announcements,
  conversation: Conversation,
  worker: ConnectedWorker | undefined,
  { name, body }: Message,
): Promise<void> {
  switch (name) {
    case "load":
      if (worker !== undefined) directory.reportLoad(worker.id, readLoad(body));
      return;
    case "uncommitted": {
      const committed = readRequestIds(body).filter(
        (request) => worker !== undefined && isCommitted(request, worker.payout),
      );
      await conversation.send(encodeRequestIds("committed", committed));
      return;
    }
    case "withdraw": {
      if (worker === undefined) return;
      directory.remove(worker.id, worker.peer);
      logger.event("worker_withdrew", { workerId: worker.id, code: readWithdrawal(body) });
      return;
    }
    case "voucherHeld":
      return;
    default:
      throw new CocoonError("peer_misbehaved", { got: name });
  }
}

/** Verifies everything a worker says of itself, sees that it can be paid, and only then lists it. */
async function welcome(
  announcements: Announcements,
  peer: Peer,
  conversation: Conversation,
  announcement: Announcement,
): Promise<ConnectedWorker> {
  const { directory, payments, logger } = announcements;
  const attested = await verifyAnnouncement(announcements, peer, announcement);
  const worker = connectedWorker(peer, attested, announcement);
  directory.requireOwnPlatform(worker);
  await payments.attach(worker.payout, conversation);
  await announcements.publishIdentity(worker);
  const isNew = directory.find(worker.id) === undefined;
  try {
    // Another worker may have come meanwhile with the same hardware.
    directory.announce(worker);
  } catch (error) {
    payments.detach(worker.payout, conversation);
    throw error;
  }
  if (isNew) logger.event("worker_joined", { workerId: worker.id, tier: attested.tier });
  return worker;
}

async function verifyAnnouncement(
  { policy, bounds, profiles, now, requireBond }: Announcements,
  peer: Peer,
  { bundle, keyConfig, asks, payout, vouch }: Announcement,
): Promise<AttestedWorker> {
  const nowMs = now();
  const attested = await verifyBundle(bundle, {
    policy: policy(),
    profiles,
    nowMs,
    expect: { tier: "dev" },
  });
  const { claims } = attested;
  if (!equalBytes(claims.identityKey, peer.publicKey)) {
    throw new CocoonError("claims_worker_mismatch", { reason: "another identity key" });
  }
  if (claims.payout !== payout)
    throw new CocoonError("claims_worker_mismatch", { field: "payout" });
  await requireBond(attested, vouch);
  openKeyConfig(keyConfig, claims.identityKey, nowMs);
  for (const ask of asks) {
    if (ask.model !== claims.manifestHash) throw new CocoonError("manifest_mismatch");
    const bound = bounds().get(ask.model);
    if (bound === undefined) throw new CocoonError("model_unknown");
    const within =
      ask.promptPerMillion <= bound.promptPerMillionMax &&
      ask.completionPerMillion <= bound.completionPerMillionMax;
    if (!within) throw new CocoonError("price_above_cap");
  }
  return attested;
}
