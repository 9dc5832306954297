// The announce stream: what a worker offers, kept current while it is connected.

import { toBase64, toHex } from "../bytes/index.ts";
import type { JsonReader, RawAddress } from "../codec/index.ts";
import { type ErrorCode, isErrorCode } from "../errors/index.ts";
import { type Price, readPrice } from "../payment/index.ts";
import { readCapabilities } from "./capability-list.ts";
import { type BondVouch, bondVouchJson, readBondVouch } from "./bond-vouch.ts";
import { encodeJsonMessage, readJsonBody } from "./messages.ts";

/** One model that a worker serves and what it asks for it. */
export type WorkerAsk = Price & {
  /** Manifest hash, hex. */
  readonly model: string;
  readonly contextTokens: number;
  /** Requests run at once. */
  readonly slots: number;
  /** What its engine can do beyond plain chat, spec section 3.6; those that nobody knows too. */
  readonly capabilities: readonly string[];
};

export type Announcement = {
  /** The evidence bundle; at most 64 KiB, so that it fits a message. */
  readonly bundle: Uint8Array;
  readonly keyConfig: Uint8Array;
  readonly asks: readonly WorkerAsk[];
  readonly payout: RawAddress;
  /** Of the worker's bond for its identity key; absent where it has none. */
  readonly vouch?: BondVouch;
};

export type Load = { readonly active: number; readonly queued: number };

export const announcedBundleBytesMax = 65_536;
const asksMax = 64;

export function encodeAnnouncement(announcement: Announcement): Uint8Array {
  const { bundle, keyConfig, vouch } = announcement;
  return encodeJsonMessage("announce", {
    ...announcement,
    bundle: toBase64(bundle),
    keyConfig: toBase64(keyConfig),
    ...(vouch && { vouch: bondVouchJson(vouch) }),
  });
}

export function readAnnouncement(body: Uint8Array): Announcement {
  const json = readJsonBody(body);
  const vouch = readBondVouch(json, "vouch");
  return {
    ...(vouch && { vouch }),
    bundle: json.base64("bundle", announcedBundleBytesMax),
    keyConfig: json.base64("keyConfig", 2_048),
    payout: json.address("payout"),
    asks: json.objects("asks", asksMax).map((ask) => readWorkerAsk(ask)),
  };
}

function readWorkerAsk(json: JsonReader): WorkerAsk {
  return {
    model: toHex(json.hex("model", 32)),
    ...readPrice(json),
    contextTokens: json.uint("contextTokens"),
    slots: json.uint("slots", 65_536),
    capabilities: readCapabilities(json),
  };
}

export function encodeLoad(load: Load): Uint8Array {
  return encodeJsonMessage("load", load);
}

export function readLoad(body: Uint8Array): Load {
  const json = readJsonBody(body);
  return { active: json.uint("active", 65_536), queued: json.uint("queued", 1_000_000) };
}

/** A worker that offers nothing until it announces again, and why. */
export function encodeWithdrawal(code: ErrorCode): Uint8Array {
  return encodeJsonMessage("withdraw", { code });
}

/** A code that this side does not know is `internal`. */
export function readWithdrawal(body: Uint8Array): ErrorCode {
  const code = readJsonBody(body).string("code", 64);
  return isErrorCode(code) ? code : "internal";
}
