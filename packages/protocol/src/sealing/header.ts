import { textOf, toHex, utf8 } from "../bytes/index.ts";
import { JsonReader, parseJson, type RawAddress } from "../codec/index.ts";
import { CocoonError } from "../errors/index.ts";
import { type Price, readPrice, readTerms, type Terms, tokenCountMax } from "../payment/index.ts";
import { type Tier, tiers } from "../tier/index.ts";

/** What a worker that stands by is paid when the request comes to it, and the evidence that the client verified. */
export type Alternate = Price & {
  /** 64 hex digits. */
  readonly claimsHash: string;
};

/** What a proxy must know to route and charge a request. In clear, and authenticated: altering it breaks the seal. */
export type RequestHeader = Terms & {
  /** TON's global id of the network, such as -239. */
  readonly networkId: number;
  /** Of the model, 64 hex digits. */
  readonly manifestHash: string;
  /** The lowest tier that will do. */
  readonly tier: Tier;
  /** Prompt and completion together, at least 1. */
  readonly tokensMax: number;
  /** Pays for the answer. */
  readonly channel: RawAddress;
  /** Counts the requests of the channel. */
  readonly sequence: number;
  /** Of the evidence of the first recipient, which the client verified, 64 hex digits. */
  readonly claimsHash: string;
  /** The recipients after the first, in the order of their slots. */
  readonly alternates: readonly Alternate[];
};

export const requestHeaderBytesMax = 4_096;

/** Recipients beside the first. */
export const alternatesMax = 3;

const networkIdMin = -(2 ** 31);
const networkIdMax = 2 ** 31 - 1;

/** What one recipient's receipt must say: its evidence, its price, the proxy's fee. Bug of the caller if it has none. */
export function recipientTerms(header: RequestHeader, recipient: number): Terms & Alternate {
  const own = recipient === 0 ? header : header.alternates[recipient - 1];
  if (own === undefined) throw new RangeError("no such recipient");
  const { claimsHash, promptPerMillion, completionPerMillion } = own;
  return { claimsHash, promptPerMillion, completionPerMillion, feeBps: header.feeBps };
}

/** Canonical JSON: names in order, no white space. A header that cannot be parsed again is a bug of the caller. */
export function encodeRequestHeader(header: RequestHeader): Uint8Array {
  const bytes = utf8(canonical(header));
  try {
    parseRequestHeader(bytes);
  } catch (cause) {
    throw new RangeError("not a request header", { cause });
  }
  return bytes;
}

/** Parses a header. Anything but the one canonical encoding of known fields throws sealed_malformed. */
export function parseRequestHeader(bytes: Uint8Array): RequestHeader {
  const text = bytes.length > requestHeaderBytesMax ? undefined : textOf(bytes);
  if (text === undefined) malformed("header");
  const json = new JsonReader(parseJson(text, "sealed_malformed"), "sealed_malformed");
  const header: RequestHeader = {
    networkId: json.int("networkId"),
    manifestHash: toHex(json.hex("manifestHash", 32)),
    tier: json.oneOf("tier", tiers),
    tokensMax: json.uint("tokensMax", tokenCountMax),
    ...readTerms(json),
    channel: json.address("channel"),
    sequence: json.uint("sequence"),
    claimsHash: toHex(json.hex("claimsHash", 32)),
    alternates: json.has("alternates") ? readAlternates(json) : [],
  };
  if (header.networkId < networkIdMin || header.networkId > networkIdMax) malformed("networkId");
  if (header.tokensMax === 0) malformed("tokensMax");
  if (canonical(header) !== text) malformed("header is not canonical");
  return header;
}

function readAlternates(json: JsonReader): readonly Alternate[] {
  return json.objects("alternates", alternatesMax).map((alternate) => {
    return { claimsHash: toHex(alternate.hex("claimsHash", 32)), ...readPrice(alternate) };
  });
}

/** Absent fields are not written: with one recipient there are no alternates. */
function canonical(header: RequestHeader): string {
  return JSON.stringify({
    ...(header.alternates.length > 0 && {
      alternates: header.alternates.map((alternate) => {
        return {
          claimsHash: alternate.claimsHash,
          completionPerMillion: alternate.completionPerMillion.toString(),
          promptPerMillion: alternate.promptPerMillion.toString(),
        };
      }),
    }),
    channel: header.channel,
    claimsHash: header.claimsHash,
    completionPerMillion: header.completionPerMillion.toString(),
    feeBps: header.feeBps,
    manifestHash: header.manifestHash,
    networkId: header.networkId,
    promptPerMillion: header.promptPerMillion.toString(),
    sequence: header.sequence,
    tier: header.tier,
    tokensMax: header.tokensMax,
  });
}

function malformed(field: string): never {
  throw new CocoonError("sealed_malformed", { field });
}
