// A simulated wallet app for devnets: a JS bridge as TON Connect has it, `window.cocoonDevWallet.tonconnect`, in front of a
// real wallet contract. Its seed lies open in this browser and its coins come from a faucet: it protects nothing.

import { Address, Cell, loadStateInit } from "@ton/core";
import {
  CocoonError,
  createSigningKey,
  fromHex,
  nanotons,
  networkIds,
  primitives,
  type RawAddress,
  toHex,
} from "@cocoon/protocol";
import {
  createChainClient,
  createWallet,
  fundFromFaucet,
  type Wallet,
  type WalletMessage,
} from "@cocoon/sdk";
import type { NetworkDescription } from "../network/index.ts";
import { askOwner } from "./dev-wallet-requests.ts";

/** Its name in a window, as wallets.json has it. */
const devWalletKey = "cocoonDevWallet";

const storedAs = "cocoon.devWallet";
/** What it is filled up to whenever it is connected. */
const purse = { least: 5_000_000_000n, more: 10_000_000_000n };
const messagesMax = 4;
/** Codes of TON Connect: what the wallet answers with. */
const refused = { code: 300, message: "The owner refused" };
const failed = { code: 0, message: "The simulated wallet could not send it" };

type Event = { readonly event: string; readonly id: number; readonly payload: object };
type Request = { readonly method: string; readonly params: readonly string[]; readonly id: string };
type Asked = {
  readonly network?: string;
  readonly messages: readonly {
    readonly address: string;
    readonly amount: string;
    readonly payload?: string;
    readonly stateInit?: string;
  }[];
};

/** Puts it into this window, once. */
export function installDevWallet(network: NetworkDescription): void {
  if (devWalletKey in window) return;
  const bridge = new DevWalletBridge(network);
  Object.assign(window, { [devWalletKey]: { tonconnect: bridge } });
}

/** TON Connect's JS bridge, version 2. */
class DevWalletBridge {
  readonly protocolVersion = 2;
  readonly isWalletBrowser = false;
  readonly deviceInfo = {
    platform: "browser",
    appName: "cocoon-simulated-wallet",
    appVersion: "1",
    maxProtocolVersion: 2,
    features: ["SendTransaction", { name: "SendTransaction", maxMessages: messagesMax }],
  };
  readonly #network: NetworkDescription;
  readonly #seed = seedHere();
  readonly #listeners = new Set<(event: Event) => void>();
  #wallet: Wallet | undefined;
  #events = Date.now();

  constructor(network: NetworkDescription) {
    this.#network = network;
  }

  async connect(): Promise<Event> {
    try {
      const wallet = this.#open();
      const [endpoint = ""] = this.#network.endpoints;
      if ((await wallet.balance()) < purse.least) {
        await fundFromFaucet(endpoint, wallet.address, nanotons(purse.more));
      }
      localStorage.setItem(storedAs, toHex(this.#seed));
      return this.#connected(wallet.address);
    } catch {
      return this.#event("connect_error", failed);
    }
  }

  async restoreConnection(): Promise<Event> {
    if (localStorage.getItem(storedAs) === null) {
      return await Promise.resolve(this.#event("connect_error", failed));
    }
    return this.#connected(this.#open().address);
  }

  async send({ id, method, params: [text = ""] }: Request): Promise<object> {
    if (method === "disconnect") return { id, result: {} };
    if (method !== "sendTransaction")
      return { id, error: { code: 400, message: "Unknown method" } };
    try {
      const { messages, network } = JSON.parse(text) as Asked; // oxlint-disable-line no-unsafe-type-assertion -- this page's own library wrote it
      if (network !== String(networkIds.devnet)) throw new CocoonError("network_mismatch");
      const sent = messages.map(messageOf);
      for (const { to, value } of sent) {
        if (!(await askOwner({ to, nanotons: value }))) return { id, error: refused };
      }
      const { hash } = await this.#open().submit(sent);
      return { id, result: hash };
    } catch {
      return { id, error: failed };
    }
  }

  listen(listener: (event: Event) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** The seed stays: what a channel returns after this is not lost. */
  disconnect(): void {
    this.#listeners.clear();
  }

  #open(): Wallet {
    const client = createChainClient({ ...this.#network, requestTimeoutMs: 10_000 });
    this.#wallet ??= createWallet({ client, seed: this.#seed });
    return this.#wallet;
  }

  #connected(address: RawAddress): Event {
    const publicKey = toHex(createSigningKey(this.#seed).publicKey);
    const network = String(this.#network.networkId);
    const item = { name: "ton_addr", address, network, publicKey, walletStateInit: "" };
    return this.#event("connect", { items: [item], device: this.deviceInfo });
  }

  #event(event: string, payload: object): Event {
    this.#events += 1;
    return { event, id: this.#events, payload };
  }
}

/** The one of this browser, or a new one. */
function seedHere(): Uint8Array {
  const stored = fromHex(localStorage.getItem(storedAs) ?? "");
  return stored?.length === 32 ? stored : primitives.randomBytes(32);
}

function messageOf({
  address,
  amount,
  payload,
  stateInit,
}: Asked["messages"][number]): WalletMessage {
  const init =
    stateInit === undefined ? undefined : loadStateInit(Cell.fromBase64(stateInit).beginParse());
  return {
    to: Address.parse(address).toRawString(),
    value: nanotons(BigInt(amount)),
    ...(payload !== undefined && { body: Cell.fromBase64(payload) }),
    ...(init?.code && init.data && { init: { code: init.code, data: init.data } }),
  };
}
