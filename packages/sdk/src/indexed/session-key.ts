// The key that signs vouchers in a browser. Its secret is never readable by a script where the browser can sign by itself.

import { CocoonError, createSigningKey, primitives, type Signer, toHex } from "@cocoon/protocol";
import { type IndexedDatabase, resultOf } from "./database.ts";

/**
 * `browser`: WebCrypto signs, and does not let the key out. `page`: this browser cannot; the seed lies in the database
 * under a key that WebCrypto does not let out, and a script of this page could read it while it signs. What either can
 * lose is bounded by the channel's deposit.
 */
export type KeyCustody = "browser" | "page";

export type SessionKey = Signer & { readonly custody: KeyCustody };

type KeyRecord = { readonly publicKey: Uint8Array } & (
  | { readonly custody: "browser"; readonly secret: CryptoKey }
  | {
      readonly custody: "page";
      readonly wrapping: CryptoKey;
      readonly nonce: Uint8Array<ArrayBuffer>;
      readonly sealedSeed: ArrayBuffer;
    }
);

const algorithm = "Ed25519";

/** The key of this name, made when there is none yet. The caller holds the lock that lets one tab at a time do so. */
export async function openSessionKey(
  database: IndexedDatabase,
  name: string,
  subtle: SubtleCrypto = crypto.subtle,
): Promise<SessionKey> {
  const found: unknown = await database.read(["keys"], (transaction) =>
    resultOf<unknown>(transaction.objectStore("keys").get(name)),
  );
  // oxlint-disable-next-line no-unsafe-type-assertion -- this file alone writes it
  if (found !== undefined) return await useRecord(found as KeyRecord, subtle);
  const record = (await makeInBrowser(subtle)) ?? (await makeInPage(subtle));
  await database.write(["keys"], async (transaction) => {
    await resultOf(transaction.objectStore("keys").add(record, name));
  });
  return await useRecord(record, subtle);
}

/** Undefined where the browser has no Ed25519: Chrome before 137, Firefox before 129, Safari before 17. */
async function makeInBrowser(subtle: SubtleCrypto): Promise<KeyRecord | undefined> {
  try {
    const made = await subtle.generateKey(algorithm, false, ["sign", "verify"]);
    if (!("privateKey" in made)) return undefined;
    const publicKey = new Uint8Array(await subtle.exportKey("raw", made.publicKey));
    return { custody: "browser", publicKey, secret: made.privateKey };
  } catch (error) {
    if (error instanceof DOMException && error.name === "NotSupportedError") return undefined;
    throw error;
  }
}

async function makeInPage(subtle: SubtleCrypto): Promise<KeyRecord> {
  const wrapping = await subtle.generateKey({ name: "AES-GCM", length: 256 }, false, [
    "encrypt",
    "decrypt",
  ]);
  const seed = Uint8Array.from(primitives.randomBytes(32));
  const nonce = Uint8Array.from(primitives.randomBytes(12));
  const sealedSeed = await subtle.encrypt({ name: "AES-GCM", iv: nonce }, wrapping, seed);
  const { publicKey } = createSigningKey(seed);
  return { custody: "page", publicKey, wrapping, nonce, sealedSeed };
}

async function useRecord(record: KeyRecord, subtle: SubtleCrypto): Promise<SessionKey> {
  const { custody, publicKey } = record;
  if (custody === "page") {
    const { nonce, sealedSeed, wrapping } = record;
    const seed = await subtle.decrypt({ name: "AES-GCM", iv: nonce }, wrapping, sealedSeed);
    const key = createSigningKey(new Uint8Array(seed));
    if (toHex(key.publicKey) !== toHex(publicKey)) throw new CocoonError("storage_corrupt");
    return { ...key, custody };
  }
  return {
    custody,
    publicKey,
    sign: async (message) =>
      new Uint8Array(await subtle.sign(algorithm, record.secret, Uint8Array.from(message))),
  };
}
