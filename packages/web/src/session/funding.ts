// Who pays for this page's answers, kept on this machine. It names nothing secret: the keys are in the wallet, and in WebCrypto.

import { JsonReader, networkIds, parseJson, type RawAddress } from "@cocoon/protocol";
import type { NetworkDescription } from "../network/index.ts";

/** `demo`: a devnet's faucet. `wallet`: whoever approved it in a wallet, up to a deposit. */
export type Funding =
  | { readonly kind: "demo" }
  | {
      readonly kind: "wallet";
      /** What its maker calls it. */
      readonly app: string;
      readonly address: RawAddress;
      /** What a channel is opened with. Decimal. */
      readonly depositNanotons: string;
    };

const listeners = new Set<() => void>();

/** Undefined where there is nobody yet who could pay. */
export function fundingOf(network: NetworkDescription): Funding | undefined {
  const stored = localStorage.getItem(nameOf(network));
  if (stored !== null) return readFunding(stored);
  return network.networkId === networkIds.devnet ? { kind: "demo" } : undefined;
}

/** From now on, and at the next visit; `undefined` as if nobody had chosen. */
export function chooseFunding(network: NetworkDescription, funding: Funding | undefined): void {
  if (funding === undefined) localStorage.removeItem(nameOf(network));
  else localStorage.setItem(nameOf(network), JSON.stringify(funding));
  for (const listener of listeners) listener();
}

export function onFunding(listener: () => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

/** A network made anew at the same place is another network. */
function nameOf({ networkId, root }: NetworkDescription): string {
  return `cocoon.funding ${networkId} ${root}`;
}

function readFunding(text: string): Funding {
  const json = new JsonReader(parseJson(text, "storage_corrupt"), "storage_corrupt");
  if (json.string("kind") === "demo") return { kind: "demo" };
  return {
    kind: "wallet",
    app: json.string("app"),
    address: json.address("address"),
    depositNanotons: json.nanotons("depositNanotons").toString(),
  };
}
