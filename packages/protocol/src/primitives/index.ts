// The cryptographic primitives that the protocol needs, synchronous and the same in Node and in browsers.
// Node's own OpenSSL where this runs in Node (10 to 30 times faster), the audited noble libraries elsewhere;
// a test holds the two to the same bytes.

export { createSigningKey, primitives, type Signer, type SigningKey } from "./choose.ts";
export { mlKem768 } from "./ml-kem.ts";
export type { AgreementKey, HashStream, Primitives } from "./provider.ts";
