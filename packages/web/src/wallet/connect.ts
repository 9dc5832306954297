// TON Connect, as its library speaks it. Its list of wallets and the page's manifest are files of this page; its telemetry
// is off.

import { Address, beginCell, type Cell, storeStateInit } from "@ton/core";
import {
  isWalletInfoCurrentlyInjected,
  isWalletInfoRemote,
  type SendTransactionRequest,
  TonConnect,
  UserRejectsError,
  type Wallet,
  type WalletInfo,
} from "@tonconnect/sdk";
import { CocoonError, networkIds, type RawAddress } from "@cocoon/protocol";
import type { WalletMessage } from "@cocoon/sdk";
import type { NetworkDescription } from "../network/index.ts";
import { isLaunchedByTelegram } from "../telegram/index.ts";
import { installDevWallet } from "./dev-wallet.ts";
import { reopenLink, withReturn } from "./links.ts";
import { type RemoteRequest, remoteRequest } from "./remote-request.ts";
import type { ConnectedWallet, OfferedWallet } from "./wallet.ts";

/** A wallet sends what was approved within so long, or never. */
const validForSeconds = 300;

let connector: TonConnect | undefined;

function open(network: NetworkDescription): TonConnect {
  if (network.networkId === networkIds.devnet) installDevWallet(network);
  const beside = (name: string): string => new URL(name, document.baseURI).href;
  connector ??= new TonConnect({
    manifestUrl: beside("tonconnect-manifest.json"),
    walletsListSource: beside("wallets.json"),
    analytics: { mode: "off" },
  });
  return connector;
}

/** Those in this browser first. */
export async function listWallets(network: NetworkDescription): Promise<readonly OfferedWallet[]> {
  const wallets = (await open(network).getWallets()).flatMap(offered);
  return wallets.toSorted(
    (one, other) => Number(other.place === "here") - Number(one.place === "here"),
  );
}

function offered(wallet: WalletInfo): readonly OfferedWallet[] {
  const { name } = wallet;
  if (isWalletInfoCurrentlyInjected(wallet)) {
    return [{ name, place: "here", source: { jsBridgeKey: wallet.jsBridgeKey } }];
  }
  if (!isWalletInfoRemote(wallet)) return [];
  const { bridgeUrl, universalLink } = wallet;
  return [{ name, place: "elsewhere", source: { bridgeUrl, universalLink } }];
}

/** As connectWallet(). */
export async function connect(
  network: NetworkDescription,
  { name, source }: OfferedWallet,
  onLink: (link: string) => void,
  signal: AbortSignal,
): Promise<ConnectedWallet> {
  const ton = open(network);
  if (ton.connected) await ton.disconnect();
  const connected = await new Promise<Wallet>((resolve, reject) => {
    const stop = ton.onStatusChange(
      (wallet) => {
        stop();
        if (wallet === null) reject(new CocoonError("cancelled"));
        else resolve(wallet);
      },
      (error) => {
        stop();
        reject(refusalOf(error));
      },
    );
    signal.addEventListener("abort", () => {
      stop();
      reject(new CocoonError("cancelled"));
    });
    const link: unknown = ton.connect(source, { signal });
    if (typeof link === "string") onLink(withReturn(link, returnTo(network)));
  });
  const { address, chain } = connected.account;
  if (chain !== String(network.networkId)) {
    await ton.disconnect();
    throw new CocoonError("network_mismatch", { expected: network.networkId, wallet: chain });
  }
  return { name, address: rawAddressOf(address) };
}

/** Where the wallet sends its owner afterwards: this Mini App, the browser before it on a phone, or nowhere. */
function returnTo({ telegramUrl }: NetworkDescription): string {
  if (isLaunchedByTelegram()) return telegramUrl ?? "back";
  return matchMedia("(pointer: coarse)").matches ? "back" : "none";
}

export async function disconnect(): Promise<void> {
  if (connector?.connected === true) await connector.disconnect();
}

/** Asks the wallet to send one message; one in another app has to be opened for it. Throws as Payer.pay(). */
export async function send(
  network: NetworkDescription,
  from: RawAddress,
  message: WalletMessage,
): Promise<void> {
  const ton = open(network);
  if (!ton.connected) await ton.restoreConnection();
  if (!ton.connected || rawAddressOf(ton.account?.address ?? "") !== from) {
    throw new CocoonError("wallet_insufficient", {
      reason: "the wallet is not connected any more",
    });
  }
  const remote = await remoteOf(ton, network);
  try {
    await ton.sendTransaction(requestOf(network, from, message), {
      onRequestSent: () => remoteRequest.write(remote),
    });
  } catch (error) {
    throw refusalOf(error);
  } finally {
    remoteRequest.write(undefined);
  }
}

/** How the connected wallet is opened; undefined for one in this browser, which shows by itself what it is asked. */
async function remoteOf(
  ton: TonConnect,
  network: NetworkDescription,
): Promise<RemoteRequest | undefined> {
  const { wallet } = ton;
  if (wallet?.provider !== "http") return undefined;
  const listed = (await ton.getWallets()).find((one) => one.appName === wallet.device.appName);
  if (listed === undefined || !isWalletInfoRemote(listed)) return undefined;
  return { app: listed.name, link: reopenLink(listed.universalLink, returnTo(network)) };
}

/** As TON Connect's sendTransaction has it: addresses for people, cells as bags in base64. */
function requestOf(
  { networkId }: NetworkDescription,
  from: RawAddress,
  { body, bounce = true, init, to, value }: WalletMessage,
): SendTransactionRequest {
  const bagOf = (cell: Cell): string => cell.toBoc().toString("base64");
  const stateInit = init && beginCell().store(storeStateInit(init)).endCell();
  return {
    validUntil: Math.floor(Date.now() / 1_000) + validForSeconds,
    network: String(networkId),
    from,
    messages: [
      {
        address: Address.parse(to).toString({ bounceable: bounce, testOnly: networkId !== -239 }),
        amount: value.toString(),
        ...(stateInit && { stateInit: bagOf(stateInit) }),
        ...(body && { payload: bagOf(body) }),
      },
    ],
  };
}

function rawAddressOf(address: string): RawAddress {
  try {
    return Address.parse(address).toRawString();
  } catch {
    return "";
  }
}

function refusalOf(error: unknown): CocoonError {
  if (error instanceof CocoonError) return error;
  if (error instanceof UserRejectsError) {
    return new CocoonError("cancelled", { reason: "refused in the wallet" }, { cause: error });
  }
  return new CocoonError(
    "transaction_failed",
    { reason: "the wallet did not send it" },
    { cause: error },
  );
}
