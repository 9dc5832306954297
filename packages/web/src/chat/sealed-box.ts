// Conversations at rest: one box in this browser, sealed with a key that comes from a passphrase which only its reader has.

const databaseName = "cocoon conversations";
const storeName = "box";
const iterations = 600_000;

/** As it lies in the browser. PBKDF2-HMAC-SHA-256 of RFC 8018, AES-256-GCM with a new nonce for each writing. */
type Box = {
  readonly salt: Uint8Array<ArrayBuffer>;
  readonly iterations: number;
  readonly nonce: Uint8Array<ArrayBuffer>;
  readonly sealed: ArrayBuffer;
};

/** A key that is in memory alone, and cannot be read out of it by a script. */
export type BoxKey = { readonly key: CryptoKey; readonly salt: Uint8Array<ArrayBuffer> };

export async function hasBox(): Promise<boolean> {
  return (await readBox()) !== undefined;
}

export async function makeKey(passphrase: string): Promise<BoxKey> {
  const salt = crypto.getRandomValues(new Uint8Array(16));
  return { salt, key: await deriveKey(passphrase, { salt, iterations }) };
}

/** What lies in the box with the key that opens it; undefined when the passphrase does not. */
export async function openBox(
  passphrase: string,
): Promise<{ readonly key: BoxKey; readonly content: unknown } | undefined> {
  const box = await readBox();
  if (box === undefined) return undefined;
  const key = await deriveKey(passphrase, box);
  try {
    const parameters = { name: "AES-GCM", iv: box.nonce };
    const opened = await crypto.subtle.decrypt(parameters, key, box.sealed);
    const content: unknown = JSON.parse(new TextDecoder().decode(opened));
    return { key: { key, salt: box.salt }, content };
  } catch {
    return undefined;
  }
}

/** Seals a content and puts it in the place of what was there. */
export async function fillBox({ key, salt }: BoxKey, content: unknown): Promise<void> {
  const nonce = crypto.getRandomValues(new Uint8Array(12));
  const clear = new TextEncoder().encode(JSON.stringify(content));
  const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv: nonce }, key, clear);
  const box: Box = { salt, iterations, nonce, sealed };
  await inStore("readwrite", (store) => store.put(box, 0));
}

export async function removeBox(): Promise<void> {
  await inStore("readwrite", (store) => store.delete(0));
}

async function deriveKey(
  passphrase: string,
  box: Pick<Box, "salt" | "iterations">,
): Promise<CryptoKey> {
  const secret = new TextEncoder().encode(passphrase.normalize("NFKC"));
  const base = await crypto.subtle.importKey("raw", secret, "PBKDF2", false, ["deriveKey"]);
  return await crypto.subtle.deriveKey(
    { name: "PBKDF2", hash: "SHA-256", salt: box.salt, iterations: box.iterations },
    base,
    { name: "AES-GCM", length: 256 },
    false,
    ["encrypt", "decrypt"],
  );
}

async function readBox(): Promise<Box | undefined> {
  const found: unknown = await inStore("readonly", (store) => store.get(0));
  return isBox(found) ? found : undefined;
}

function isBox(value: unknown): value is Box {
  return typeof value === "object" && value !== null && "sealed" in value && "salt" in value;
}

async function inStore(
  mode: IDBTransactionMode,
  run: (store: IDBObjectStore) => IDBRequest,
): Promise<unknown> {
  const opening = indexedDB.open(databaseName, 1);
  opening.addEventListener("upgradeneeded", () => opening.result.createObjectStore(storeName));
  const database = await settled(opening);
  try {
    return await settled(run(database.transaction(storeName, mode).objectStore(storeName)));
  } finally {
    database.close();
  }
}

function settled<Result>(request: IDBRequest<Result>): Promise<Result> {
  return new Promise((resolve, reject) => {
    request.addEventListener("success", () => resolve(request.result));
    request.addEventListener("error", () => reject(request.error ?? new Error("storage failed")));
  });
}
