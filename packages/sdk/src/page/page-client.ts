// A client inside a page: it verifies, seals and pays there, and nothing outside of the page holds a prompt or an answer.

import {
  CocoonError,
  type Nanotons,
  type Privacy,
  publicProfiles,
  type RawAddress,
  type Tier,
  tierDefault,
  toHex,
  type TrustProfile,
} from "@cocoon/protocol";
import { baseUrl, createApi, createFetch, proofFileOf } from "../api/index.ts";
import type { ReceiptState, WitnessQuorum } from "../audit/index.ts";
import { dialWebSocket, type Peer } from "../carrier/index.ts";
import {
  type BondedProxy,
  type ChainClient,
  createChainClient,
  createPolicySource,
  type RootPolicy,
  systemClock,
} from "../chain/index.ts";
import { type Cocoon, createCocoon } from "../chat/index.ts";
import {
  IndexedAnswerBook,
  IndexedChannelBook,
  IndexedDatabase,
  type KeyCustody,
  openSessionKey,
  type SessionKey,
} from "../indexed/index.ts";
import {
  type AnswerBook,
  createWitnessDesk,
  upgradeReceipts,
  type WitnessDesk,
} from "../receipts/index.ts";
import { keepSessions, type SessionPool, type SessionTurn } from "../session/index.ts";
import {
  type ChannelBook,
  type ChannelFunds,
  openOutgoingChannel,
  type Payer,
  topUpChannels,
} from "../spend/index.ts";
import { createPageChannels, type PageChannels } from "./page-channels.ts";
import type { PageNetwork, PageProxy } from "./page-network.ts";
import { takeTabSlot, type TabSlot } from "./tab-slot.ts";

export type PageClientOptions = {
  readonly network: PageNetwork;
  /** Who puts money into channels. */
  readonly payer: Payer;
  /** Who else has to have seen a log's checkpoint before a receipt is included. Default: nobody. */
  readonly witnesses?: WitnessQuorum;
  /** Whose evidence counts. Default: the vendors of real hardware. */
  readonly profiles?: readonly TrustProfile[];
  /** What a channel is opened with: the most that this tab's session key could lose. */
  readonly depositNanotons: Nanotons;
  /** The most that is ever put into one channel. Default: one deposit. */
  readonly budgetNanotons?: Nanotons;
  /** How long a proxy can still settle after the payer began to close. Default: a day. */
  readonly closeTimeoutSeconds?: number;
  /** The lowest tier that anything is sent to. Default `confidential`. */
  readonly tier?: Tier;
  /** Of every answer. Default `standard`. */
  readonly privacy?: Privacy;
  /** How many workers a request is sealed to, 1 to 4. Default 2. */
  readonly recipientsMax?: number;
  /** How long a request waits for a session with any proxy. Default 30 s. */
  readonly patienceMs?: number;
  /** Told of each turn of a session, and its proxy's bond. */
  readonly onTurn?: (turn: SessionTurn, bond: RawAddress) => void;
  /** Told when a receipt has come further: its request's id. */
  readonly onProved?: (request: string, state: ReceiptState) => void;
  /** Told of what went wrong behind the scenes, and will be tried again. */
  readonly onFault?: (error: unknown) => void;
};

export type PageClient = {
  /** To hand to the `openai` package or the AI SDK, with `baseUrl` as base URL. It sends nothing over HTTP. */
  readonly fetch: typeof fetch;
  readonly baseUrl: string;
  /** The same without HTTP's shapes. */
  readonly cocoon: Cocoon;
  readonly answers: AnswerBook;
  readonly channels: ChannelBook;
  readonly sessions: SessionPool;
  readonly chain: ChainClient;
  readonly policy: () => Promise<RootPolicy>;
  /** Where the key that signs vouchers is. */
  readonly custody: KeyCustody;
  /** The file that proves an answer, as far as its proof has come; undefined when there is no such answer. */
  readonly proofFile: (request: string) => Promise<string | undefined>;
  /** This tab's channels that hold money, and what their payer can do with them. */
  readonly money: PageChannels;
  /** Pays what is owed, and lets another tab have this one's place. */
  readonly close: () => Promise<void>;
};

const requestTimeoutMs = 10_000;
const pollMs = 500;
const closeTimeoutSecondsDefault = 86_400;
const upgradeMs = 1_000;
const topUpMs = 2_000;
const reviewMs = 30_000;

/**
 * Opens a client in this tab. Money moves when the first session with a proxy is made: a channel is opened, unless this
 * place has one. Throws chain_*, network_mismatch, storage_failed, option_invalid and rate_limited.
 */
export async function openPageClient(options: PageClientOptions): Promise<PageClient> {
  const { networkId, root } = options.network;
  const name = `cocoon ${networkId} ${root}`;
  const slot = await takeTabSlot(name);
  try {
    const database = await IndexedDatabase.open(name);
    // A key for each payer: what one put into channels is never taken for another's.
    const { address } = options.payer;
    const sessionKey = await openSessionKey(database, `session ${slot.number} of ${address}`);
    return await assemble(options, { slot, database, sessionKey });
  } catch (error) {
    slot.release();
    throw error;
  }
}

type Place = {
  readonly slot: TabSlot;
  readonly database: IndexedDatabase;
  readonly sessionKey: SessionKey;
};

async function assemble(options: PageClientOptions, place: Place): Promise<PageClient> {
  const { network, tier = tierDefault, privacy, recipientsMax, patienceMs, onTurn } = options;
  const { networkId, root } = network;
  const { database, sessionKey } = place;
  const chain = createChainClient({ ...network, requestTimeoutMs, pollMs });
  const policy = createPolicySource({ client: chain, root, now: Date.now });
  await policy();
  const answers = new IndexedAnswerBook(database, policy);
  const channels = new IndexedChannelBook(database, toHex(sessionKey.publicKey), Date.now);
  const funds = { client: chain, payer: options.payer, book: channels };
  const closing = new AbortController();
  const sessions = keepSessions({
    client: chain,
    networkId,
    proxies: network.proxies.map((proxy) => {
      return { bond: proxy.bond, dial: dialer(network, proxy, sessionKey) };
    }),
    sessionKey,
    channel: async (payee) => {
      if (closing.signal.aborted) throw new CocoonError("channel_closed");
      return await openChannelTo(payee, { ...options, ...funds, sessionKey });
    },
    store: answers,
    policy,
    profiles: options.profiles ?? publicProfiles,
    now: Date.now,
    tier,
    ...(recipientsMax !== undefined && { recipientsMax }),
    ...(patienceMs !== undefined && { patienceMs }),
    ...(onTurn !== undefined && { onTurn }),
  });
  const cocoon = createCocoon({
    session: (signal, bond) => sessions.next(signal, bond),
    policy,
    tier,
    ...(privacy !== undefined && { privacy }),
    pause,
  });
  const witnesses = createWitnessDesk(options.witnesses, Date.now);
  const stopUpkeep = startUpkeep(options, { answers, sessions, funds, witnesses });
  const session = () => sessions.current;
  const api = createApi({ cocoon, answers, tier, network, witnesses, session });
  return {
    fetch: createFetch(api),
    baseUrl,
    cocoon,
    answers,
    channels,
    sessions,
    chain,
    policy,
    custody: sessionKey.custody,
    proofFile: async (request) => {
      const answer = await answers.find(request);
      return answer && proofFileOf(network, answer);
    },
    money: createPageChannels({
      ...funds,
      store: answers,
      sessions,
      stopOpening: () => closing.abort(),
    }),
    close: async () => {
      stopUpkeep();
      await sessions.stop();
      database.close();
      place.slot.release();
    },
  };
}

async function pause(delayMs: number, signal?: AbortSignal): Promise<void> {
  await systemClock.wait(delayMs, signal);
  signal?.throwIfAborted();
}

type Opening = ChannelFunds &
  Pick<PageClientOptions, "depositNanotons" | "closeTimeoutSeconds"> & {
    readonly sessionKey: SessionKey;
  };

async function openChannelTo(
  payee: RawAddress,
  { client, payer, book, sessionKey, depositNanotons, closeTimeoutSeconds }: Opening,
): Promise<RawAddress> {
  const { address } = await openOutgoingChannel({
    client,
    payer,
    book,
    payee,
    sessionKey: sessionKey.publicKey,
    deposit: depositNanotons,
    closeTimeoutSeconds: closeTimeoutSeconds ?? closeTimeoutSecondsDefault,
  });
  return address;
}

function dialer(
  { networkId, root }: PageNetwork,
  { url }: PageProxy,
  identity: SessionKey,
): (proxy: BondedProxy, signal: AbortSignal) => Promise<Peer> {
  return ({ host, port, publicKey }, signal) => {
    const shown = host.includes(":") ? `[${host}]` : host;
    const base = url ?? `https://${shown}:${port}`;
    return dialWebSocket({
      // http becomes ws, https becomes wss.
      url: new URL("/wire", base.replace(/^http/, "ws")).href,
      expectPublicKey: publicKey,
      identity,
      role: "client",
      networkId,
      rootAddress: root,
      signal,
    });
  };
}

type Upkeep = {
  readonly answers: AnswerBook;
  readonly sessions: SessionPool;
  readonly funds: ChannelFunds;
  readonly witnesses: WitnessDesk;
};

/** Does each task again and again, one run at a time. Returns how to end that. */
function startUpkeep(
  { network, onFault, onProved, ...terms }: PageClientOptions,
  { answers, sessions, funds, witnesses }: Upkeep,
): () => void {
  const { networkId } = network;
  const upgrade = async (): Promise<void> => {
    for (const session of sessions.all) {
      await upgradeReceipts({ answers, session, networkId, witnesses, onProved });
    }
  };
  const stopping = new AbortController();
  const { signal } = stopping;
  const every = async (delayMs: number, task: () => Promise<void>): Promise<void> => {
    for (;;) {
      await systemClock.wait(delayMs, signal);
      if (signal.aborted) return;
      await task().catch((error: unknown) => onFault?.(error));
    }
  };
  void every(upgradeMs, upgrade);
  void every(topUpMs, () => topUpChannels({ ...terms, ...funds, store: answers }));
  void every(reviewMs, () => sessions.review());
  return () => stopping.abort();
}
