// Keys at rest: scrypt and AES-256-GCM around a role's seeds. The file format is version 1 below.

import { createCipheriv, createDecipheriv, randomBytes, scryptSync } from "node:crypto";
import { CocoonError, fromHex, JsonReader, parseJson, textOf, toHex, utf8 } from "@cocoon/protocol";

/** A keystore as it is written. Hex, and scrypt's cost as RFC 7914 names it. */
export type SealedKeystore = {
  readonly version: 1;
  readonly kdf: {
    readonly name: "scrypt";
    readonly n: number;
    readonly r: number;
    readonly p: number;
  };
  readonly cipher: "aes-256-gcm";
  readonly salt: string;
  readonly nonce: string;
  /** Ciphertext and its 16-byte tag. */
  readonly sealed: string;
};

/** 128 MiB and about half a second a guess. */
const cost = { n: 2 ** 17, r: 8, p: 1 };
const scryptBytesMax = 256 * 1_048_576;
const saltBytes = 16;
const nonceBytes = 12;
const tagBytes = 16;
const sealedBytesMax = 65_536;

/** Seals named seeds under a passphrase. */
export function sealKeystore(
  seeds: Readonly<Record<string, Uint8Array>>,
  passphrase: string,
): SealedKeystore {
  const salt = randomBytes(saltBytes);
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv("aes-256-gcm", deriveKey(passphrase, salt), nonce);
  const plain = Object.fromEntries(
    Object.entries(seeds).map(([name, seed]) => [name, toHex(seed)]),
  );
  const sealed = Buffer.concat([
    cipher.update(utf8(JSON.stringify(plain))),
    cipher.final(),
    cipher.getAuthTag(),
  ]);
  return {
    version: 1,
    kdf: { name: "scrypt", ...cost },
    cipher: "aes-256-gcm",
    salt: toHex(salt),
    nonce: toHex(nonce),
    sealed: toHex(sealed),
  };
}

/** The seeds of a keystore file. Throws option_invalid for a wrong passphrase and for a file that was altered alike. */
export function openKeystore(json: JsonReader, passphrase: string): JsonReader {
  if (json.uint("version") !== 1) throw new CocoonError("option_invalid", { field: "version" });
  const sealed = fromHex(json.string("sealed", 2 * sealedBytesMax)) ?? new Uint8Array();
  const salt = json.hex("salt", saltBytes);
  const nonce = json.hex("nonce", nonceBytes);
  const text = textOf(unseal(deriveKey(passphrase, salt), nonce, sealed)) ?? "";
  return new JsonReader(parseJson(text, "option_invalid"), "option_invalid");
}

function unseal(key: Uint8Array, nonce: Uint8Array, sealed: Uint8Array): Uint8Array {
  const tagOffset = Math.max(0, sealed.length - tagBytes);
  try {
    const cipher = createDecipheriv("aes-256-gcm", key, nonce, { authTagLength: tagBytes });
    cipher.setAuthTag(sealed.subarray(tagOffset));
    return Buffer.concat([cipher.update(sealed.subarray(0, tagOffset)), cipher.final()]);
  } catch {
    throw new CocoonError("option_invalid", { reason: "wrong passphrase or damaged keystore" });
  }
}

/** Only our own cost is accepted, so that a planted file can't make a start take hours. */
function deriveKey(passphrase: string, salt: Uint8Array): Uint8Array {
  const { n, r, p } = cost;
  const secret = passphrase.normalize("NFKC");
  return scryptSync(secret, salt, 32, { N: n, r, p, maxmem: scryptBytesMax });
}
