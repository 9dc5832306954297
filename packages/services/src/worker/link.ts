// A worker's connection to one proxy: what it announces, the jobs that come, the money that follows.

import {
  type Announcement,
  type ChannelParams,
  CocoonError,
  Conversation,
  encodeAnnouncement,
  encodeLoad,
  encodeRequestIds,
  encodeVoucherHeld,
  encodeWithdrawal,
  type ErrorCode,
  type Load,
  type Message,
  type Nanotons,
  type RawAddress,
  readPayFrom,
  readRequestIds,
  readVoucherMessage,
  type Stream,
  streamKinds,
  type Voucher,
} from "@cocoon/protocol";
import type { Peer } from "@cocoon/sdk";
import type { Logger } from "../observe/index.ts";
import type { Earnings } from "./earnings.ts";

export type LinkModules = {
  readonly earnings: Earnings;
  /** What to announce now. */
  readonly announcement: () => Promise<Announcement>;
  /** Why nothing may be announced now, or undefined. */
  readonly lapse: () => ErrorCode | undefined;
  /** The proxy verified what was announced and will send work. */
  readonly onOffered: () => void;
  /** It was told that nothing is offered, and why. */
  readonly onWithdrawn: (code: ErrorCode) => void;
  /** It sent a voucher. */
  readonly onPaid: () => void;
  /** Calls back when there is something new to say; returns how to stop. */
  readonly onChanged: (listener: () => void) => () => void;
  readonly load: () => Load;
  /** Checks on chain that the channel pays this worker and records it. Throws channel_invalid and chain_*. */
  readonly acceptPayFrom: (params: ChannelParams) => Promise<RawAddress>;
  /** Serves a job; never rejects. Resolves with the request whose receipt was handed in to no answer. */
  readonly serveJob: (stream: Stream, payFrom: RawAddress) => Promise<string | undefined>;
  readonly logger: Logger;
};

/** How often the load is looked at; the proxy is told when it changed. */
const loadMs = 200;
/** Request ids in one message. */
const askedMax = 2_048;

/** Runs until the connection is lost or the proxy ends the stream. Throws the CocoonError that ended it. */
export async function runLink(modules: LinkModules, peer: Peer): Promise<void> {
  const proxy = new Conversation(peer.connection.open(streamKinds.announce));
  const link = new Link(modules, proxy);
  peer.connection.serve((stream) => void link.accept(stream));
  const stopFollowing = modules.onChanged(() => void link.announce());
  const loadTimer = setInterval(() => void link.reportLoad(), loadMs);
  try {
    await link.say();
    for (let message = await proxy.hear(); message !== undefined; message = await proxy.hear()) {
      await link.take(message);
    }
    proxy.stream.end();
  } finally {
    clearInterval(loadTimer);
    stopFollowing();
  }
}

class Link {
  readonly #modules: LinkModules;
  readonly #proxy: Conversation;
  /** Who pays on this connection; jobs that come before it is known wait for it. */
  readonly #payFrom: Promise<RawAddress>;
  #knowPayFrom: (channel: RawAddress) => void = () => undefined;
  #payFromParams: ChannelParams | undefined;
  /** What UNCOMMITTED named and COMMITTED has not answered yet, the oldest first. */
  readonly #asked: (readonly string[])[] = [];
  #reported: Load = { active: 0, queued: 0 };

  constructor(modules: LinkModules, proxy: Conversation) {
    this.#modules = modules;
    this.#proxy = proxy;
    this.#payFrom = new Promise((resolve) => {
      this.#knowPayFrom = resolve;
    });
  }

  /** Takes a stream that the proxy opened: a job. */
  async accept(stream: Stream): Promise<void> {
    if (stream.kind !== streamKinds.job) {
      stream.reset("peer_misbehaved", { kind: stream.kind });
      return;
    }
    const uncertain = await this.#modules.serveJob(stream, await this.#payFrom);
    // When this connection is lost too, the next one asks.
    if (uncertain !== undefined) await this.#ask([uncertain]).catch(() => undefined);
  }

  /** Says what this worker offers now, or that it offers nothing. */
  async say(): Promise<void> {
    const { announcement, lapse, onOffered, onWithdrawn } = this.#modules;
    const code = lapse();
    const message =
      code === undefined ? encodeAnnouncement(await announcement()) : encodeWithdrawal(code);
    await this.#proxy.send(message);
    if (code !== undefined) onWithdrawn(code);
    // The first time it is the proxy that says so: a refusal ends the stream.
    else if (this.#payFromParams !== undefined) onOffered();
  }

  /** Announces again; a lost connection is noticed by the loop that hears. */
  async announce(): Promise<void> {
    try {
      await this.say();
    } catch (error) {
      this.#modules.logger.warn("announcement_failed", { code: codeOf(error) });
    }
  }

  async reportLoad(): Promise<void> {
    const load = this.#modules.load();
    if (load.active === this.#reported.active && load.queued === this.#reported.queued) return;
    this.#reported = load;
    await this.#proxy.send(encodeLoad(load)).catch(() => undefined);
  }

  async take({ name, body }: Message): Promise<void> {
    switch (name) {
      case "payFrom": {
        this.#payFromParams = readPayFrom(body);
        const channel = await this.#modules.acceptPayFrom(this.#payFromParams);
        const uncommitted = this.#modules.earnings.uncommitted(channel);
        this.#knowPayFrom(channel);
        this.#modules.onOffered();
        while (uncommitted.length > 0) await this.#ask(uncommitted.splice(0, askedMax));
        return;
      }
      case "committed": {
        const asked = this.#asked.shift();
        if (asked === undefined) throw new CocoonError("peer_misbehaved", { got: name });
        await this.#modules.earnings.reconcile(asked, readRequestIds(body));
        return;
      }
      case "voucher":
        await this.#holdVoucher(body);
        return;
      default:
        throw new CocoonError("peer_misbehaved", { got: name });
    }
  }

  /** Asks which of these receipts are in the log. Answers come in the order of the questions. */
  async #ask(requests: readonly string[]): Promise<void> {
    this.#asked.push(requests);
    await this.#proxy.send(encodeRequestIds("uncommitted", requests));
  }

  async #holdVoucher(body: Uint8Array): Promise<void> {
    const voucher = readVoucherMessage(body);
    try {
      const held = await this.#hold(voucher);
      this.#modules.onPaid();
      await this.#proxy.send(encodeVoucherHeld(held));
    } catch (error) {
      if (!(error instanceof CocoonError) || error.code !== "voucher_exceeds_deposit") throw error;
      this.#modules.logger.warn("voucher_uncovered", { code: error.code });
    }
  }

  /** A voucher beyond the deposit that is known here may be covered by a top-up since: the chain knows. */
  async #hold(voucher: Voucher): Promise<Nanotons> {
    const { earnings, acceptPayFrom } = this.#modules;
    try {
      return await earnings.holdVoucher(voucher);
    } catch (error) {
      const params = this.#payFromParams;
      const isUncovered = error instanceof CocoonError && error.code === "voucher_exceeds_deposit";
      if (!isUncovered || params === undefined) throw error;
      await acceptPayFrom(params);
      return await earnings.holdVoucher(voucher);
    }
  }
}

function codeOf(error: unknown): string {
  return error instanceof CocoonError ? error.code : "internal";
}
