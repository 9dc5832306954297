// Node's crypto reached without an import, so that a bundler for browsers never meets it.
// The types are the part of node:crypto that is used: this package compiles without Node's types.

export type KeyObject = { export(options: { format: "jwk" }): { readonly x: string } };

export type Cipher = {
  setAAD(aad: Uint8Array): void;
  setAuthTag(tag: Uint8Array): void;
  getAuthTag(): Uint8Array;
  update(bytes: Uint8Array): Uint8Array;
  final(): Uint8Array;
};

type Hash = { update(part: Uint8Array): void; digest(): Uint8Array };

export type NodeCrypto = {
  hash(name: string, bytes: Uint8Array, output: "buffer"): Uint8Array;
  createHash(name: string, options?: object): Hash;
  createHmac(name: string, key: Uint8Array): Hash;
  createCipheriv(name: string, key: Uint8Array, nonce: Uint8Array): Cipher;
  createDecipheriv(name: string, key: Uint8Array, nonce: Uint8Array, options: object): Cipher;
  createPrivateKey(options: object): KeyObject;
  createPublicKey(options: object): KeyObject;
  diffieHellman(keys: { privateKey: KeyObject; publicKey: KeyObject }): Uint8Array;
  sign(algorithm: null, message: Uint8Array, key: KeyObject): Uint8Array;
  verify(algorithm: null, message: Uint8Array, key: KeyObject, signature: Uint8Array): boolean;
  randomBytes(size: number): Uint8Array;
};

/** Undefined where this is not Node. */
export function findNodeCrypto(): NodeCrypto | undefined {
  // oxlint-disable-next-line no-unsafe-type-assertion -- the shape is checked by use
  const host = globalThis as {
    process?: { getBuiltinModule?: (name: string) => NodeCrypto | undefined };
  };
  return host.process?.getBuiltinModule?.("node:crypto");
}
