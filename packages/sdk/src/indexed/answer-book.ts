// A client's answers in the browser: what it has asked, what that cost, and what proves it.

import {
  CocoonError,
  nanotons,
  type Nanotons,
  parseReceipt,
  type RawAddress,
  toHex,
} from "@cocoon/protocol";
import { encodePolicySnapshot, type ReceiptState } from "../audit/index.ts";
import type { RootPolicy } from "../chain/index.ts";
import type {
  AnswerBook,
  ListedAnswer,
  StoredAnswer,
  WaitingAnswer,
  WaitingState,
} from "../receipts/index.ts";
import type { AcceptedAnswer } from "../spend/index.ts";
import { type ChannelRecord, newRecord } from "./channel-book.ts";
import { type IndexedDatabase, resultOf } from "./database.ts";

/** An answer's record. Bundle and policy are kept once for many. */
type AnswerRecord = Omit<StoredAnswer, "bundle" | "policy"> & {
  readonly claimsHash: string;
  readonly revision: number;
  /** The bond whose log holds the receipt, until it is anchored. */
  readonly waitingIn?: RawAddress;
};

const textMax = "\uffff";

export class IndexedAnswerBook implements AnswerBook {
  readonly #database: IndexedDatabase;
  readonly #policy: () => Promise<RootPolicy>;
  /** Answers that a proxy was told never came. One may still be under way in this tab: no other has its channel. */
  readonly #givenUp = new Set<string>();

  /** The policy is what answers are verified against now; each is kept with the one it was verified against. */
  constructor(database: IndexedDatabase, policy: () => Promise<RootPolicy>) {
    this.#database = database;
    this.#policy = policy;
  }

  async reserveSequences(channel: RawAddress, count: number): Promise<number> {
    return await this.#database.write(["channels"], async (transaction) => {
      const channels = transaction.objectStore("channels");
      const record = await channelIn(channels, channel);
      channels.put({ ...record, nextSequence: record.nextSequence + count });
      return record.nextSequence;
    });
  }

  async accept(answer: AcceptedAnswer): Promise<void> {
    const { bundle, ...kept } = copyOf(answer);
    const claimsHash = toHex(parseReceipt(answer.receipt).claimsHash);
    const policy = await this.#policy();
    const record: AnswerRecord = {
      ...kept,
      claimsHash,
      revision: policy.revision,
      state: "signed",
      logProof: undefined,
      waitingIn: answer.log.bond,
    };
    const names = ["answers", "bundles", "policies", "channels"] as const;
    await this.#database.write(names, async (transaction) => {
      if (this.#givenUp.has(answer.request)) {
        throw new CocoonError("peer_unreachable", { reason: "given up with its connection" });
      }
      const answers = transaction.objectStore("answers");
      if ((await resultOf(answers.getKey(answer.request))) !== undefined) return;
      answers.add(record);
      transaction.objectStore("bundles").put(bundle, claimsHash);
      transaction.objectStore("policies").put(encodePolicySnapshot(policy), policy.revision);
      const channels = transaction.objectStore("channels");
      const channel = await channelIn(channels, answer.channel);
      channels.put({ ...channel, spent: channel.spent + answer.amount });
    });
  }

  async spent(channel: RawAddress): Promise<Nanotons> {
    return await this.#database.read(["channels"], async (transaction) => {
      return (await channelIn(transaction.objectStore("channels"), channel)).spent;
    });
  }

  async reconcile(requests: readonly string[]): Promise<readonly string[]> {
    for (const request of requests) this.#givenUp.add(request);
    // A transaction that writes, so that it waits for an accept() that has begun.
    const accepted = await this.#database.write(["answers"], async (transaction) => {
      const answers = transaction.objectStore("answers");
      const found = await Promise.all(requests.map((request) => resultOf(answers.getKey(request))));
      return requests.filter((_, index) => found[index] !== undefined);
    });
    for (const request of accepted) this.#givenUp.delete(request);
    return accepted;
  }

  async find(request: string): Promise<StoredAnswer | undefined> {
    return await this.#database.read(["answers", "bundles", "policies"], async (transaction) => {
      const answers = transaction.objectStore("answers");
      const own: unknown = await resultOf(answers.get(request));
      const found: unknown = own ?? (await resultOf(answers.index("byAnnounced").get(request)));
      if (found === undefined) return undefined;
      const { claimsHash, revision, waitingIn: _, ...record } = recordOf(found);
      const bundle: unknown = await resultOf(transaction.objectStore("bundles").get(claimsHash));
      const policy: unknown = await resultOf(transaction.objectStore("policies").get(revision));
      if (!(bundle instanceof Uint8Array) || typeof policy !== "string") {
        throw new CocoonError("storage_corrupt", { request });
      }
      return { ...record, bundle, policy };
    });
  }

  async list(limit: number, reference?: string): Promise<readonly ListedAnswer[]> {
    return await this.#database.read(["answers"], async (transaction) => {
      const listed: ListedAnswer[] = [];
      const byTime = transaction.objectStore("answers").index("byTime");
      const cursors = byTime.openCursor(null, "prev");
      for (let cursor = await resultOf(cursors); cursor !== null && listed.length < limit;) {
        const record = recordOf(cursor.value);
        if (reference === undefined || record.reference === reference)
          listed.push(listedOf(record));
        cursor.continue();
        cursor = await resultOf(cursors);
      }
      return listed;
    });
  }

  async waiting(
    state: WaitingState,
    { bond }: { readonly bond: RawAddress },
    limit: number,
  ): Promise<readonly WaitingAnswer[]> {
    return await this.#database.read(["answers"], async (transaction) => {
      const byWaiting = transaction.objectStore("answers").index("byWaiting");
      const range = IDBKeyRange.bound([bond, state], [bond, state, textMax]);
      const found: readonly unknown[] = await resultOf(byWaiting.getAll(range, limit));
      return found.map(recordOf).map(({ request, receipt, log, state: known }) => {
        return { request, receipt, log, state: known };
      });
    });
  }

  async recordProof(request: string, state: ReceiptState, logProof: string): Promise<void> {
    await this.#database.write(["answers"], async (transaction) => {
      const answers = transaction.objectStore("answers");
      const found: unknown = await resultOf(answers.get(request));
      if (found === undefined) return;
      const { waitingIn, ...record } = recordOf(found);
      const isWaiting = state !== "anchored" && waitingIn !== undefined;
      answers.put({ ...record, state, logProof, ...(isWaiting && { waitingIn }) });
    });
  }
}

/** Bytes of their own: a view would be stored with all of the buffer that it looks into. */
function copyOf(answer: AcceptedAnswer): AcceptedAnswer {
  const { receipt, salt, promise, bundle, log } = answer;
  return {
    ...answer,
    receipt: Uint8Array.from(receipt),
    salt: Uint8Array.from(salt),
    promise: Uint8Array.from(promise),
    bundle: Uint8Array.from(bundle),
    log: { bond: log.bond, publicKey: Uint8Array.from(log.publicKey) },
  };
}

async function channelIn(channels: IDBObjectStore, address: RawAddress): Promise<ChannelRecord> {
  const found: unknown = await resultOf(channels.get(address));
  // oxlint-disable-next-line no-unsafe-type-assertion -- this room alone writes it
  return (found as ChannelRecord | undefined) ?? newRecord(address);
}

function recordOf(found: unknown): AnswerRecord {
  // oxlint-disable-next-line no-unsafe-type-assertion -- this file alone writes it
  return found as AnswerRecord;
}

function listedOf(record: AnswerRecord): ListedAnswer {
  const { request, announcedAs, channel, amount, receipt, acceptedAtMs, state } = record;
  const announced = announcedAs === undefined ? {} : { announcedAs };
  return { request, ...announced, channel, amount: nanotons(amount), receipt, acceptedAtMs, state };
}
