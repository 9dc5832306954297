// The request stream: ASK and OFFER fix who answers and what it costs before anything is sealed.

import { fromHex, toBase64, toHex } from "../bytes/index.ts";
import type { RawAddress } from "../codec/index.ts";
import { readTerms, type Terms } from "../payment/index.ts";
import type { Nanotons } from "../units/index.ts";
import { readCapabilities } from "./capability-list.ts";
import { encodeJsonMessage, readJsonBody } from "./messages.ts";
import { type Tier, tiers } from "../tier/index.ts";

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
};

/** Who will answer, at what price. Binding for the proxy until the stream ends. */
export type Offer = Terms & {
  /** Worker id, hex. */
  readonly worker: string;
  /** Names the evidence bundle; the client fetches it once and keeps it. Hex. */
  readonly claimsHash: string;
  /** The worker's signed key configuration. */
  readonly keyConfig: Uint8Array;
};

const excludedMax = 32;
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
    excluded: json.strings("excluded", excludedMax).filter((id) => fromHex(id)?.length === 32),
    ...(json.has("worker") && { worker: toHex(json.hex("worker", 32)) }),
    capabilities: readCapabilities(json),
  };
}

export function encodeOffer(offer: Offer): Uint8Array {
  return encodeJsonMessage("offer", { ...offer, keyConfig: toBase64(offer.keyConfig) });
}

export function readOffer(body: Uint8Array): Offer {
  const json = readJsonBody(body);
  return {
    worker: toHex(json.hex("worker", 32)),
    claimsHash: toHex(json.hex("claimsHash", 32)),
    keyConfig: json.base64("keyConfig", keyConfigBytesMax),
    ...readTerms(json),
  };
}
