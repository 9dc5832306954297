// HPKE (RFC 9180, base mode) as sealed requests use it: one slot wraps the content key for one recipient.
// The KEMs, KDF and AEAD are plain JavaScript: the same in Node and browsers, and no runtime warns of experiments.

import {
  AEAD_AES_256_GCM,
  KDF_HKDF_SHA256,
  KEM_DHKEM_X25519_HKDF_SHA256,
  KEM_MLKEM768_X25519,
} from "@panva/hpke-noble";
import { CipherSuite, type Key, type SenderContext } from "hpke";
import { concatBytes, utf8 } from "../bytes/index.ts";
import { CocoonError } from "../errors/index.ts";

/** 1: X25519. 2: X25519 with ML-KEM-768, safe against harvesting now and decrypting later. */
export type SuiteId = 1 | 2;

/** The suite that confidential tiers use unless a policy allows less. */
export const suiteDefault: SuiteId = 2;

export const kidBytes = 8;
export const contentKeyBytes = 32;
/** The content key with its AEAD tag. */
export const wrappedKeyBytes = contentKeyBytes + 16;

type Suite = {
  readonly hpke: CipherSuite;
  readonly publicKeyBytes: number;
  readonly encBytes: number;
};

const suites: Readonly<Record<SuiteId, Suite>> = {
  1: {
    hpke: new CipherSuite(KEM_DHKEM_X25519_HKDF_SHA256, KDF_HKDF_SHA256, AEAD_AES_256_GCM),
    publicKeyBytes: 32,
    encBytes: 32,
  },
  2: {
    hpke: new CipherSuite(KEM_MLKEM768_X25519, KDF_HKDF_SHA256, AEAD_AES_256_GCM),
    publicKeyBytes: 1_216,
    encBytes: 1_120,
  },
};

const requestInfo = utf8("cocoon-e2e/1 req");
const answerContext = utf8("cocoon-e2e/1 resp");
const answerSecretBytes = 32;
const keySeedBytes = 32;

/** A private key of a suite. It is not extractable and lives as long as this value. */
export type PrivateKey = { readonly suite: SuiteId; readonly key: Key };

/** One recipient's slot as it stands in the request, after its kid. */
export type Slot = { readonly enc: Uint8Array; readonly wrappedKey: Uint8Array };

/** The suite of a byte from a stranger, or undefined. */
export function suiteOfByte(byte: number): SuiteId | undefined {
  return byte === 1 || byte === 2 ? byte : undefined;
}

export function publicKeyBytes(suite: SuiteId): number {
  return suites[suite].publicKeyBytes;
}

/** Size of a slot: kid, encapsulated secret, wrapped content key. */
export function slotBytes(suite: SuiteId): number {
  return kidBytes + suites[suite].encBytes + wrappedKeyBytes;
}

/** Derives a key pair (RFC 9180 section 7.1.3) from 32 random bytes. */
export async function createKeyPair(
  suite: SuiteId,
  random: (sizeBytes: number) => Uint8Array,
): Promise<{ readonly privateKey: PrivateKey; readonly publicKey: Uint8Array }> {
  const { hpke } = suites[suite];
  const pair = await hpke.DeriveKeyPair(random(keySeedBytes), false);
  const publicKey = await hpke.SerializePublicKey(pair.publicKey);
  return { privateKey: { suite, key: pair.privateKey }, publicKey };
}

/** What the key schedule of a slot is bound to: the public part of its request. */
function infoOf(headerHash: Uint8Array): Uint8Array {
  return concatBytes(requestInfo, headerHash);
}

/** Wraps the content key for one recipient; throws key_config_malformed when its public key is not one. */
export async function sealSlot(
  recipient: {
    readonly suite: SuiteId;
    readonly kid: Uint8Array;
    readonly publicKey: Uint8Array;
  },
  headerHash: Uint8Array,
  contentKey: Uint8Array,
): Promise<Slot & { readonly answerSecret: Uint8Array }> {
  const { hpke } = suites[recipient.suite];
  try {
    const key = await hpke.DeserializePublicKey(recipient.publicKey);
    const { encapsulatedSecret, ctx } = await hpke.SetupSender(key, { info: infoOf(headerHash) });
    const wrappedKey = await ctx.Seal(contentKey, recipient.kid);
    const answerSecret = await ctx.Export(answerContext, answerSecretBytes);
    return { enc: encapsulatedSecret, wrappedKey, answerSecret };
  } catch (cause) {
    throw new CocoonError("key_config_malformed", { field: "publicKey" }, { cause });
  }
}

/** Unwraps the content key. Whatever is wrong, the code is sealed_unopenable: a sender learns nothing from it. */
export async function openSlot(
  privateKey: PrivateKey,
  kid: Uint8Array,
  headerHash: Uint8Array,
  slot: Slot,
): Promise<{ readonly contentKey: Uint8Array; readonly answerSecret: Uint8Array }> {
  const { hpke } = suites[privateKey.suite];
  try {
    const options = { info: infoOf(headerHash) };
    const context = await hpke.SetupRecipient(privateKey.key, slot.enc, options);
    const contentKey = await context.Open(slot.wrappedKey, kid);
    const answerSecret = await context.Export(answerContext, answerSecretBytes);
    return { contentKey, answerSecret };
  } catch {
    throw new CocoonError("sealed_unopenable");
  }
}

/** Derives a secret that both ends of one encapsulation know, and nobody else (RFC 9180 section 5.3). */
export type SecretExporter = (label: string, sizeBytes: number) => Promise<Uint8Array>;

/** Agrees on secrets with the holder of a public key; throws key_config_malformed when it is not one. */
export async function encapsulate(
  suite: SuiteId,
  publicKey: Uint8Array,
  info: Uint8Array,
): Promise<{ readonly enc: Uint8Array; readonly exportSecret: SecretExporter }> {
  const { hpke } = suites[suite];
  try {
    const key = await hpke.DeserializePublicKey(publicKey);
    const { encapsulatedSecret, ctx } = await hpke.SetupSender(key, { info });
    return { enc: encapsulatedSecret, exportSecret: exporterOf(ctx) };
  } catch (cause) {
    throw new CocoonError("key_config_malformed", { field: "publicKey" }, { cause });
  }
}

/** The holder's side; throws sealed_unopenable for what no encapsulation to this key is. */
export async function decapsulate(
  privateKey: PrivateKey,
  enc: Uint8Array,
  info: Uint8Array,
): Promise<SecretExporter> {
  const { hpke } = suites[privateKey.suite];
  try {
    return exporterOf(await hpke.SetupRecipient(privateKey.key, enc, { info }));
  } catch {
    throw new CocoonError("sealed_unopenable");
  }
}

function exporterOf(context: Pick<SenderContext, "Export">): SecretExporter {
  return (label, sizeBytes) => context.Export(utf8(label), sizeBytes);
}
