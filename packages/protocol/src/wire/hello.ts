// Who is at the other end. Spec chapter 3, section 5.

import { textOf, toHex, utf8 } from "../bytes/index.ts";
import {
  ByteWriter,
  encodeAddress,
  JsonReader,
  parseJson,
  type RawAddress,
} from "../codec/index.ts";
import { CocoonError } from "../errors/index.ts";
import { domainMessage, signDomain, verifyDomain } from "../keys/index.ts";
import { primitives, type Signer, type SigningKey } from "../primitives/index.ts";
import type { Side } from "./stream-table.ts";

/** What a node is. A gateway or an app is a client. */
export type NodeRole = "client" | "proxy" | "worker";

const roleTags: Readonly<Record<NodeRole, number>> = { client: 1, proxy: 2, worker: 3 };
const roles: readonly NodeRole[] = ["client", "proxy", "worker"];
const sideTags: Readonly<Record<Side, number>> = { dialer: 1, listener: 2 };

const helloDomain = "cocoon/hello/1";
/** Versions of this protocol that this code speaks. */
const wireVersions: readonly number[] = [1];
const versionsMax = 16;
const featuresMax = 32;
/** Size of what the carrier gives to tie a HELLO to itself: for TLS, its exporter value. */
export const bindingBytes = 32;

/** What one side says of itself, and to whom. */
export type HelloTerms = {
  readonly side: Side;
  readonly identity: SigningKey;
  readonly role: NodeRole;
  /** TON global id. */
  readonly networkId: number;
  readonly rootAddress: RawAddress;
  /** 32 bytes that both ends of this one carrier share and no other carrier does. */
  readonly binding: Uint8Array;
  /** Names of optional abilities; both sides must list one for it to be used. */
  readonly features?: readonly string[];
};

/** The same but for the key: what a HELLO is checked against. */
export type OwnTerms = Omit<HelloTerms, "identity">;

/** A peer that proved its key on this very carrier. */
export type PeerIdentity = {
  /** 32 bytes. */
  readonly publicKey: Uint8Array;
  readonly role: NodeRole;
  /** The highest version that both speak. */
  readonly version: number;
  /** The features that both have. */
  readonly features: readonly string[];
};

type Claim = Pick<HelloTerms, "side" | "role"> & {
  readonly versions: readonly number[];
  readonly features: readonly string[];
};

/**
 * What a HELLO signs under `cocoon/hello/1`, integers big-endian:
 *
 *     side        1 byte     1 dialer, 2 listener: a hello can't be sent back to its maker
 *     role        1 byte     1 client, 2 proxy, 3 worker
 *     network     4 bytes    i32, TON global id
 *     root        33 bytes   address of the root contract
 *     binding     32 bytes   of the carrier: a hello can't be passed on to another node
 *     abilities   32 bytes   SHA-256 of the JSON text [versions, features]
 */
function signedBody(claim: Claim, terms: OwnTerms): Uint8Array {
  const abilities = utf8(JSON.stringify([claim.versions, claim.features]));
  return new ByteWriter()
    .uint(sideTags[claim.side], 1)
    .uint(roleTags[claim.role], 1)
    .int(terms.networkId, 4)
    .bytes(encodeAddress(terms.rootAddress))
    .fixed(terms.binding, bindingBytes)
    .bytes(primitives.sha256(abilities))
    .finish();
}

/** The HELLO payload of this side. */
export function encodeHello({ identity, ...terms }: HelloTerms): Uint8Array {
  const signature = signDomain(identity, helloDomain, signedBody(claimOf(terms), terms));
  return payloadOf(terms, identity.publicKey, signature);
}

/** As encodeHello(), for a key that signs elsewhere. */
export async function signHello({
  identity,
  ...terms
}: OwnTerms & { readonly identity: Signer }): Promise<Uint8Array> {
  const message = domainMessage(helloDomain, signedBody(claimOf(terms), terms));
  return payloadOf(terms, identity.publicKey, await identity.sign(message));
}

function claimOf({ side, role, features = [] }: OwnTerms): Claim {
  return { side, role, versions: wireVersions, features };
}

function payloadOf(terms: OwnTerms, publicKey: Uint8Array, signature: Uint8Array): Uint8Array {
  const { role, networkId, rootAddress, features = [] } = terms;
  return utf8(
    JSON.stringify({
      versions: wireVersions,
      features,
      role,
      networkId,
      rootAddress,
      publicKey: toHex(publicKey),
      signature: toHex(signature),
    }),
  );
}

/**
 * Verifies the peer's HELLO against our own terms. Throws `version_unsupported`, `network_mismatch`, or
 * `handshake_failed` for everything else.
 */
export function verifyHello(payload: Uint8Array, own: OwnTerms): PeerIdentity {
  const json = new JsonReader(
    parseJson(textOf(payload) ?? "", "handshake_failed"),
    "handshake_failed",
  );
  const versions = json.array("versions", versionsMax).filter(isVersion);
  const version = Math.max(...versions.filter((known) => wireVersions.includes(known)));
  if (version < 0) throw new CocoonError("version_unsupported", { offered: versions.join(" ") });
  const features = json.strings("features", featuresMax);
  const role = json.oneOf("role", roles);
  if (json.int("networkId") !== own.networkId || json.address("rootAddress") !== own.rootAddress) {
    throw new CocoonError("network_mismatch", { networkId: json.int("networkId") });
  }
  const publicKey = json.hex("publicKey", 32);
  const side = own.side === "dialer" ? "listener" : "dialer";
  const body = signedBody({ side, role, versions, features }, own);
  if (!verifyDomain(publicKey, helloDomain, body, json.hex("signature", 64))) {
    throw new CocoonError("handshake_failed", { reason: "signature" });
  }
  const common = (own.features ?? []).filter((name) => features.includes(name));
  return { publicKey, role, version, features: common };
}

function isVersion(value: unknown): value is number {
  return typeof value === "number" && Number.isInteger(value) && value > 0 && value < 65_536;
}
