import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import * as fc from "fast-check";
import { fromHex, textOf, toHex, utf8 } from "../bytes/index.ts";
import { CocoonError, type ErrorCode } from "../errors/index.ts";
import { createSigningKey } from "../primitives/index.ts";
import { encodeHello, type HelloTerms, verifyHello } from "./hello.ts";

const rootAddress = `0:${"ab".repeat(32)}`;
const dialer: HelloTerms = {
  side: "dialer",
  identity: createSigningKey(new Uint8Array(32).fill(1)),
  role: "worker",
  networkId: -7239,
  rootAddress,
  binding: new Uint8Array(32).fill(9),
  features: ["b", "a"],
};
const listener: HelloTerms = {
  ...dialer,
  side: "listener",
  identity: createSigningKey(new Uint8Array(32).fill(2)),
  role: "proxy",
  features: ["a", "c"],
};

function refuses(payload: Uint8Array, own: HelloTerms, code: ErrorCode): void {
  assert.throws(
    () => verifyHello(payload, own),
    (error: unknown) => error instanceof CocoonError && error.code === code,
  );
}

function altered(fields: object): Uint8Array {
  const hello: unknown = JSON.parse(textOf(encodeHello(dialer)) ?? "");
  return utf8(JSON.stringify(Object.assign(Object.create(null), hello, fields)));
}

test("verifyHello() refuses a hello that its own side made: nothing can be reflected", () => {
  refuses(encodeHello(dialer), dialer, "handshake_failed");
  refuses(encodeHello(listener), listener, "handshake_failed");
});

test("verifyHello() refuses a hello from another carrier: nothing can be passed on", () => {
  const elsewhere = { ...dialer, binding: new Uint8Array(32).fill(8) };
  refuses(encodeHello(elsewhere), listener, "handshake_failed");
});

test("verifyHello() tells another network and another root contract from a forgery", () => {
  refuses(encodeHello({ ...dialer, networkId: -239 }), listener, "network_mismatch");
  const elsewhere = { ...dialer, rootAddress: `0:${"cd".repeat(32)}` };
  refuses(encodeHello(elsewhere), listener, "network_mismatch");
});

test("verifyHello() refuses a peer without a common version", () => {
  refuses(altered({ versions: [2, 3] }), listener, "version_unsupported");
  refuses(altered({ versions: [] }), listener, "version_unsupported");
  refuses(altered({ versions: ["1"] }), listener, "version_unsupported");
});

test("verifyHello() refuses every altered field", () => {
  const publicKey = "00".repeat(32);
  for (const fields of [
    { role: "proxy" },
    { role: "king" },
    { versions: [1, 2] },
    { features: [] },
    { features: "a" },
    { publicKey },
    { publicKey: "ff" },
    { signature: "00".repeat(64) },
    { signature: undefined },
    { networkId: "x" },
    { rootAddress: "0:00" },
  ]) {
    refuses(altered(fields), listener, "handshake_failed");
  }
});

test("verifyHello() refuses arbitrary bytes with handshake_failed", () => {
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array(), fc.json().map(utf8)), (bytes) => {
      refuses(bytes, listener, "handshake_failed");
    }),
    { numRuns: 100 },
  );
});

test("verifyHello() gives the peer's key, role, version and the common features", () => {
  assert.deepEqual(verifyHello(encodeHello(dialer), listener), {
    publicKey: dialer.identity.publicKey,
    role: "worker",
    version: 1,
    features: ["a"],
  });
  assert.equal(verifyHello(encodeHello(listener), dialer).role, "proxy");
});

type HelloVectors = Pick<HelloTerms, "networkId" | "rootAddress"> & {
  readonly seed: string;
  readonly publicKey: string;
  readonly binding: string;
  readonly hellos: readonly { name: string; payload: string; error: string | null }[];
};

const file = new URL("../../../../vectors/hello.json", import.meta.url);
// oxlint-disable-next-line no-unsafe-type-assertion -- our own file
const vectors = JSON.parse(readFileSync(file, "utf8")) as HelloVectors;
const bytesOf = (hex: string) => fromHex(hex) ?? assert.fail();
const verifier: HelloTerms = {
  ...listener,
  networkId: vectors.networkId,
  rootAddress: vectors.rootAddress,
  binding: bytesOf(vectors.binding),
};

for (const { name, payload, error } of vectors.hellos) {
  test(`verifyHello() on ${name}: ${error ?? "accepted"}`, () => {
    if (error === null) {
      const { publicKey } = verifyHello(bytesOf(payload), verifier);
      assert.equal(toHex(publicKey), vectors.publicKey);
      return;
    }
    assert.throws(() => verifyHello(bytesOf(payload), verifier), { code: error });
  });
}

test("encodeHello() gives the vector's bytes", () => {
  const identity = createSigningKey(bytesOf(vectors.seed));
  const terms: HelloTerms = { ...verifier, side: "dialer", identity, role: "worker" };
  const payload = encodeHello({ ...terms, features: ["a", "b"] });
  assert.equal(toHex(payload), vectors.hellos[0]?.payload);
});
