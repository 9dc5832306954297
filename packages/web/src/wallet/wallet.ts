import type { RawAddress } from "@cocoon/protocol";

export type OfferedWallet = {
  readonly name: string;
  /** `here`: in this browser. `elsewhere`: another app, reached by a link and over a bridge of its maker. */
  readonly place: "here" | "elsewhere";
  /** Its key in this window, or where its maker's bridge is. */
  readonly source:
    | { readonly jsBridgeKey: string }
    | { readonly universalLink: string; readonly bridgeUrl: string };
};

export type ConnectedWallet = {
  readonly name: string;
  readonly address: RawAddress;
};
