// The request stream: ASK and OFFER fix who answers and what it costs before anything is sealed.

import { fromHex, toBase64, toHex } from "../bytes/index.ts";
import type { JsonReader, RawAddress } from "../codec/index.ts";
import { type Price, readPrice, readTerms, type Terms } from "../payment/index.ts";
import type { Nanotons } from "../units/index.ts";
import { readCapabilities } from "./capability-list.ts";
import { type BondVouch, bondVouchJson, readBondVouch } from "./bond-vouch.ts";
import { type Tier, tiers } from "../tier/index.ts";
import { CocoonError, type ErrorCode, errorTable } from "../errors/index.ts";
import { encodeJsonMessage, encodeMessage, readJsonBody } from "./messages.ts";
import { encodeRefusal, readRefusal } from "./refusal.ts";

/** What a client wants: the proxy picks a worker and locks a price, or refuses. */
export type Ask = {
  /** Manifest hash of the model, hex. */
  readonly model: string;
  /** The lowest tier that will do. */
  readonly tier: Tier;
  /** Prompt and answer together, at most. */
  readonly tokensMax: number;
  /** Price caps per million tokens, fee not included; absent: the client takes any price the model's bounds allow. */
  readonly promptPerMillionMax?: Nanotons;
  readonly completionPerMillionMax?: Nanotons;
  readonly channel: RawAddress;
  /** Workers that already failed this request, hex ids. */
  readonly excluded: readonly string[];
  /** The only worker that will do, hex id; absent: any. */
  readonly worker?: string;
  /** What the engine must be able to do beyond plain chat. */
  readonly capabilities: readonly string[];
  /** How many workers the client would seal to: the first, and others that stand by. 1 to 4; absent: 1. */
  readonly recipientsMax?: number;
};

/** A worker that would answer, and its price. */
export type OfferedWorker = Price & {
  /** Worker id, hex. */
  readonly worker: string;
  /** Names the evidence bundle; the client fetches it once and keeps it. Hex. */
  readonly claimsHash: string;
  /** The worker's signed key configuration. */
  readonly keyConfig: Uint8Array;
  /** Of the worker's bond for its identity key; absent where it has none. */
  readonly vouch?: BondVouch;
};

/** Who will answer, at what price. Binding for the proxy until the stream ends. */
export type Offer = Terms &
  OfferedWorker & {
    /** Who would answer if that one fails, in this order. At most 3. */
    readonly alternates: readonly OfferedWorker[];
  };

const excludedMax = 32;
const alternatesMax = 3;
const offeredMax = 1 + alternatesMax;
const keyConfigBytesMax = 2_048;
/** Far above any model's context; keeps cost arithmetic inside u64. */
const tokensMaxLimit = 100_000_000;

export function encodeAsk(ask: Ask): Uint8Array {
  return encodeJsonMessage("ask", ask);
}

export function readAsk(body: Uint8Array): Ask {
  const json = readJsonBody(body);
  return {
    model: toHex(json.hex("model", 32)),
    tier: json.oneOf("tier", tiers),
    tokensMax: json.uint("tokensMax", tokensMaxLimit),
    ...(json.has("promptPerMillionMax") && {
      promptPerMillionMax: json.nanotons("promptPerMillionMax"),
    }),
    ...(json.has("completionPerMillionMax") && {
      completionPerMillionMax: json.nanotons("completionPerMillionMax"),
    }),
    channel: json.address("channel"),
    ...(json.has("recipientsMax") && { recipientsMax: json.uint("recipientsMax", offeredMax) }),
    excluded: json.strings("excluded", excludedMax).filter((id) => fromHex(id)?.length === 32),
    ...(json.has("worker") && { worker: toHex(json.hex("worker", 32)) }),
    capabilities: readCapabilities(json),
  };
}

export function encodeOffer(offer: Offer): Uint8Array {
  const written = ({ vouch, ...worker }: OfferedWorker): object => {
    const keyConfig = toBase64(worker.keyConfig);
    return { ...worker, keyConfig, ...(vouch && { vouch: bondVouchJson(vouch) }) };
  };
  const { alternates, ...first } = offer;
  return encodeJsonMessage("offer", {
    ...written(first),
    ...(alternates.length > 0 && { alternates: alternates.map((worker) => written(worker)) }),
  });
}

export function readOffer(body: Uint8Array): Offer {
  const json = readJsonBody(body);
  const alternates = json.has("alternates") ? json.objects("alternates", alternatesMax) : [];
  return {
    ...readOfferedWorker(json),
    ...readTerms(json),
    alternates: alternates.map((alternate) => readOfferedWorker(alternate)),
  };
}

function readOfferedWorker(json: JsonReader): OfferedWorker {
  const vouch = readBondVouch(json, "vouch");
  return {
    ...(vouch && { vouch }),
    worker: toHex(json.hex("worker", 32)),
    claimsHash: toHex(json.hex("claimsHash", 32)),
    keyConfig: json.base64("keyConfig", keyConfigBytesMax),
    ...readPrice(json),
  };
}

/**
 * Whether a worker's refusal leaves the request to another worker: it says nothing about the request, and the worker
 * that refused does not go on with it.
 */
export function handsOver(code: ErrorCode): boolean {
  return errorTable[code].retry === "other_peer" || handedOver.has(code);
}

const handedOver: ReadonlySet<ErrorCode> = new Set(["queue_full", "session_unknown"]);

/** The worker whose turn it was has failed: the client may release the request to the next one. */
export function encodeFailed({ code, details }: CocoonError): Uint8Array {
  return encodeMessage("failed", encodeRefusal(code, details));
}

/** Why a worker failed. Throws peer_misbehaved for a refusal that does not leave the request to another. */
export function readFailed(body: Uint8Array): CocoonError {
  const refusal = readRefusal(body);
  if (handsOver(refusal.code)) return refusal;
  throw new CocoonError("peer_misbehaved", { reason: "no failure of a worker" });
}
