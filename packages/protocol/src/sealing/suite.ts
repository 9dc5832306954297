// The two suites of sealed requests: one slot wraps the content key for one recipient.

import { concatBytes, utf8 } from "../bytes/index.ts";
import { CocoonError } from "../errors/index.ts";
import { primitives } from "../primitives/index.ts";
import { type HpkeContext, KeySchedule } from "./hpke.ts";
import { type Decapsulator, dhkemX25519, type Kem, mlKem768X25519 } from "./kem.ts";

/** 1: X25519. 2: X25519 with ML-KEM-768, safe against harvesting now and decrypting later. */
export type SuiteId = 1 | 2;

/** The suite that confidential tiers use unless a policy allows less. */
export const suiteDefault: SuiteId = 2;

/** Throws suite_too_weak for a key of a suite below the lowest that is wanted: nobody is moved to it unnoticed. */
export function requireSuite({ suite }: { readonly suite: SuiteId }, suiteMin: SuiteId): void {
  if (suite < suiteMin) throw new CocoonError("suite_too_weak", { suite, wanted: suiteMin });
}

export const kidBytes = 8;
export const contentKeyBytes = 32;
/** The content key with its AEAD tag. */
export const wrappedKeyBytes = contentKeyBytes + 16;

type Suite = { readonly kem: Kem; readonly schedule: KeySchedule };

const suites: Readonly<Record<SuiteId, Suite>> = {
  1: { kem: dhkemX25519, schedule: new KeySchedule(dhkemX25519.id) },
  2: { kem: mlKem768X25519, schedule: new KeySchedule(mlKem768X25519.id) },
};

const requestInfo = utf8("cocoon-e2e/1 req");
const answerContext = utf8("cocoon-e2e/1 resp");
const sessionIdContext = utf8("cocoon-e2e/1 session id");
const sessionContext = utf8("cocoon-e2e/1 session");
export const answerSecretBytes = 32;
export const sessionIdBytes = 16;
const sessionSecretBytes = 32;
const keySeedBytes = 32;

/** A private key of a suite. It cannot be read and lives as long as this value. */
export type PrivateKey = Decapsulator & { readonly suite: SuiteId };

/** One recipient's slot as it stands in the request, after its kid. */
export type Slot = { readonly enc: Uint8Array; readonly wrappedKey: Uint8Array };

/** A session's id of 16 bytes, which everybody sees, and its secret of 32. */
export type SessionSecrets = { readonly id: Uint8Array; readonly secret: Uint8Array };

/** What both ends export from a slot's key exchange. */
export type SlotSecrets = {
  /** 32 bytes: the answer's. */
  readonly answerSecret: Uint8Array;
  /** Of a session that the exchange may begin. */
  readonly session: SessionSecrets;
};

/** The suite of a byte from a stranger, or undefined. */
export function suiteOfByte(byte: number): SuiteId | undefined {
  return byte === 1 || byte === 2 ? byte : undefined;
}

export function publicKeyBytes(suite: SuiteId): number {
  return suites[suite].kem.publicKeyBytes;
}

/** Size of a slot's encapsulated secret. */
export function encBytes(suite: SuiteId): number {
  return suites[suite].kem.encBytes;
}

/** Derives a key pair (RFC 9180 section 7.1.3) from 32 random bytes. */
export function createKeyPair(
  suite: SuiteId,
  random: (sizeBytes: number) => Uint8Array,
): { readonly privateKey: PrivateKey; readonly publicKey: Uint8Array } {
  const pair = suites[suite].kem.derive(random(keySeedBytes));
  return { privateKey: { suite, decapsulate: pair.decapsulate }, publicKey: pair.publicKey };
}

/** What the key schedule of a slot is bound to: the public part of its request. */
function infoOf(headerHash: Uint8Array): Uint8Array {
  return concatBytes(requestInfo, headerHash);
}

/** Wraps the content key for one recipient; throws key_config_malformed when its public key is not one. */
export function sealSlot(
  recipient: {
    readonly suite: SuiteId;
    readonly kid: Uint8Array;
    readonly publicKey: Uint8Array;
  },
  headerHash: Uint8Array,
  contentKey: Uint8Array,
): Slot & SlotSecrets {
  const { suite, kid, publicKey } = recipient;
  const { enc, context } = encapsulate(suite, publicKey, infoOf(headerHash));
  const wrappedKey = context.seal(contentKey, kid);
  return { enc, wrappedKey, ...exportSecrets(context) };
}

/** Unwraps the content key. Whatever is wrong, the code is sealed_unopenable: a sender learns nothing from it. */
export function openSlot(
  privateKey: PrivateKey,
  kid: Uint8Array,
  headerHash: Uint8Array,
  slot: Slot,
): SlotSecrets & { readonly contentKey: Uint8Array } {
  const context = decapsulate(privateKey, slot.enc, infoOf(headerHash));
  const contentKey = context.open(slot.wrappedKey, kid);
  if (contentKey === undefined) throw new CocoonError("sealed_unopenable");
  return { contentKey, ...exportSecrets(context) };
}

/** Agrees on secrets with the holder of a public key; throws key_config_malformed when it is not one. */
export function encapsulate(
  suite: SuiteId,
  publicKey: Uint8Array,
  info: Uint8Array,
): { readonly enc: Uint8Array; readonly context: HpkeContext } {
  const { kem, schedule } = suites[suite];
  const sent =
    publicKey.length === kem.publicKeyBytes
      ? kem.encapsulate(publicKey, primitives.randomBytes(kem.ephemeralBytes))
      : undefined;
  if (sent === undefined) throw new CocoonError("key_config_malformed", { field: "publicKey" });
  return { enc: sent.enc, context: schedule.context(sent.sharedSecret, info) };
}

/** The holder's side; throws sealed_unopenable for what no encapsulation to this key is. */
export function decapsulate(
  privateKey: PrivateKey,
  enc: Uint8Array,
  info: Uint8Array,
): HpkeContext {
  const { kem, schedule } = suites[privateKey.suite];
  const secret = enc.length === kem.encBytes ? privateKey.decapsulate(enc) : undefined;
  if (secret === undefined) throw new CocoonError("sealed_unopenable");
  return schedule.context(secret, info);
}

function exportSecrets(context: HpkeContext): SlotSecrets {
  return {
    answerSecret: context.exportSecret(answerContext, answerSecretBytes),
    session: {
      id: context.exportSecret(sessionIdContext, sessionIdBytes),
      secret: context.exportSecret(sessionContext, sessionSecretBytes),
    },
  };
}
