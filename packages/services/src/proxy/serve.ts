// What each stream of a peer leads to.

import {
  CocoonError,
  Conversation,
  encodeLogProof,
  encodeMessage,
  encodeStatus,
  parseReceipt,
  type RawAddress,
  readGetProof,
  type Stream,
  streamKinds,
  toHex,
} from "@cocoon/protocol";
import type { Peer } from "@cocoon/sdk";
import { type Accounts, serveAccount } from "./accounts.ts";
import { type Announcements, serveAnnouncements } from "./announcements.ts";
import { refusalOf } from "./refusal.ts";
import { type Relay, relayRequest } from "./relay.ts";
import type { Proxy } from "./proxy.ts";
import { proxyStatus, statusModules } from "./status.ts";
import { payoutOf, publishIdentity } from "./worker-identities.ts";

type ServeStream = (stream: Stream) => Promise<void>;

/** Serves the streams that a peer may open: a client's and a worker's differ. */
export function servePeer(proxy: Proxy, peer: Peer): void {
  const serve = peer.role === "worker" ? workerStreams(proxy, peer) : clientStreams(proxy, peer);
  peer.connection.serve((stream) => {
    const serveStream = serve[stream.kind];
    if (serveStream === undefined) stream.reset("peer_misbehaved", { kind: stream.kind });
    else void serveStream(stream);
  });
}

function workerStreams(proxy: Proxy, peer: Peer): Readonly<Record<number, ServeStream>> {
  return {
    [streamKinds.announce]: (stream) => serveAnnouncements(announcements(proxy), peer, stream),
  };
}

/** A connection has one account at a time. Requests are served while it lasts: without it nobody could be paid. */
function clientStreams(proxy: Proxy, peer: Peer): Readonly<Record<number, ServeStream>> {
  const relay = relayOf(proxy);
  let channel: RawAddress | undefined;
  let hasAccount = false;
  const serveOneAccount = async (stream: Stream): Promise<void> => {
    if (hasAccount) {
      stream.reset("peer_misbehaved", { reason: "second account" });
      return;
    }
    hasAccount = true;
    await serveAccount(accounts(proxy), peer, stream, (attached) => {
      channel = attached;
    });
    channel = undefined;
    hasAccount = false;
  };
  return {
    [streamKinds.request]: (stream) => relayRequest(relay, stream, channel),
    [streamKinds.evidence]: (stream) => answer(stream, (ask) => evidence(proxy, ask)),
    [streamKinds.proof]: (stream) => answer(stream, (ask) => proof(proxy, ask)),
    [streamKinds.status]: (stream) => answer(stream, (ask) => status(proxy, ask)),
    [streamKinds.account]: serveOneAccount,
  };
}

/** One question, one answer. */
async function answer(
  stream: Stream,
  answerTo: (conversation: Conversation) => Promise<Uint8Array>,
): Promise<void> {
  const conversation = new Conversation(stream);
  try {
    await conversation.send(await answerTo(conversation));
    stream.end();
  } catch (error) {
    conversation.fail(refusalOf(error));
  }
}

async function evidence({ directory }: Proxy, client: Conversation): Promise<Uint8Array> {
  const claimsHash = toHex(await client.expect("getEvidence"));
  const bundle = directory.bundle(claimsHash);
  if (bundle === undefined) throw new CocoonError("no_worker", { reason: "it has left" });
  return encodeMessage("evidence", bundle);
}

async function proof({ log }: Proxy, client: Conversation): Promise<Uint8Array> {
  return encodeLogProof(log.proof(readGetProof(await client.expect("getProof"))));
}

async function status(proxy: Proxy, client: Conversation): Promise<Uint8Array> {
  await client.expect("getStatus");
  return encodeStatus(proxyStatus(statusModules(proxy)));
}

function accounts(proxy: Proxy): Accounts {
  return {
    ledger: proxy.incoming,
    admission: proxy.admission,
    creditWindow: proxy.config.creditWindowNanotons,
    read: proxy.attachChannel,
    close: proxy.closeChannel,
  };
}

function announcements(proxy: Proxy): Announcements {
  return {
    ...proxy,
    bounds: () => proxy.policy().models,
    publishIdentity: (worker) => publishIdentity(proxy.store, worker),
    // Where one worker failed late and another answered, both hold a receipt for the request: one of them is logged.
    isCommitted: (request, payout) => {
      const receipt = proxy.log.receipt(request);
      return (
        receipt !== undefined && payoutOf(proxy.store, parseReceipt(receipt).claimsHash) === payout
      );
    },
  };
}

function relayOf(proxy: Proxy): Relay {
  return {
    ...proxy,
    networkId: proxy.config.network.networkId,
    offerMaker: () => {
      const { directory, now, random } = proxy;
      const { models } = proxy.policy();
      const { feeBps } = proxy.config;
      const mayKeep = proxy.room.isFree;
      return { directory, models, feeBps, mayKeep, nowMs: now(), random };
    },
  };
}
