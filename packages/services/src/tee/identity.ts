import { createSigningKey, primitives, type SigningKey, workerIdOf } from "@cocoon/protocol";

/** Who a worker is from boot to boot's end. It lives in memory alone: a restart is another worker. */
export type WorkerIdentity = {
  /** Ed25519; claims carry its public key, receipts and key configurations its signatures. */
  readonly key: SigningKey;
  /** Hex; see workerIdOf. */
  readonly workerId: string;
  /** 16 bytes. */
  readonly bootNonce: Uint8Array;
};

/** Makes a new identity; to be called once, inside the TEE, at start. */
export function createIdentity(): WorkerIdentity {
  const key = createSigningKey(primitives.randomBytes(32));
  const bootNonce = primitives.randomBytes(16);
  return { key, workerId: workerIdOf(key.publicKey), bootNonce };
}
