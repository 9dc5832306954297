// A carrier inside a carrier. A browser's WebSocket gives no binding (spec section 3.1), and who ends its TLS is
// whoever the web's authorities say. So both ends agree on keys of their own first; the HELLOs that follow are signed
// over the binding that comes of it, which leaves somebody in the middle with two tunnels and no signature to pass on.

import { CocoonError } from "../errors/index.ts";
import { primitives } from "../primitives/index.ts";
import {
  createKeyPair,
  decapsulate,
  encapsulate,
  type HpkeContext,
  suiteDefault,
} from "../sealing/index.ts";
import { utf8 } from "../bytes/index.ts";
import { bindingBytes } from "./hello.ts";
import type { Side } from "./stream-table.ts";

const tunnelInfo = utf8("cocoon/tunnel/1");
const keyBytes = 32;
const nonceBytes = 12;
const noAad = new Uint8Array();

/**
 * Both directions of one tunnel. A message of it is
 *
 *     ciphertext   AES-256-GCM with its tag; nonce = counter of the direction (u96, big-endian), no associated data
 *
 * so that none can be dropped, repeated, reordered or altered unnoticed.
 */
export class Tunnel {
  /** 32 bytes that both ends know and no other tunnel shares. */
  readonly binding: Uint8Array;
  readonly #sendKey: Uint8Array;
  readonly #receiveKey: Uint8Array;
  #sentCount = 0;
  #receivedCount = 0;

  constructor(side: Side, secrets: TunnelSecrets) {
    const { dialerKey, listenerKey } = secrets;
    this.binding = secrets.binding;
    this.#sendKey = side === "dialer" ? dialerKey : listenerKey;
    this.#receiveKey = side === "dialer" ? listenerKey : dialerKey;
  }

  /** The next message to send. */
  seal(plaintext: Uint8Array): Uint8Array {
    const nonce = nonceOf(this.#sentCount);
    this.#sentCount += 1;
    return primitives.aes256GcmSeal(this.#sendKey, nonce, noAad, plaintext);
  }

  /** What the next message says; throws frame_malformed when it is not the next message. */
  open(message: Uint8Array): Uint8Array {
    const nonce = nonceOf(this.#receivedCount);
    const plaintext = primitives.aes256GcmOpen(this.#receiveKey, nonce, noAad, message);
    if (plaintext === undefined) throw new CocoonError("frame_malformed", { reason: "tunnel" });
    this.#receivedCount += 1;
    return plaintext;
  }
}

/** The listener's first message, and how the dialer's answer to it becomes a tunnel. */
export type TunnelOffer = {
  /** A fresh public key of MLKEM768-X25519: 1,216 bytes. */
  readonly offer: Uint8Array;
  /** Throws handshake_failed for what is no answer. */
  readonly enter: (answer: Uint8Array) => Promise<Tunnel>;
};

/** The listener's side. */
export async function offerTunnel(): Promise<TunnelOffer> {
  const { privateKey, publicKey } = createKeyPair(suiteDefault, primitives.randomBytes);
  return {
    offer: publicKey,
    enter: (answer) =>
      orHandshakeFailed(() => {
        const context = decapsulate(privateKey, answer, tunnelInfo);
        return new Tunnel("listener", deriveSecrets(context));
      }),
  };
}

/** The dialer's side: its answer, 1,120 bytes, and the tunnel. Throws handshake_failed for what is no offer. */
export function enterTunnel(
  offer: Uint8Array,
): Promise<{ readonly answer: Uint8Array; readonly tunnel: Tunnel }> {
  return orHandshakeFailed(() => {
    const { enc, context } = encapsulate(suiteDefault, offer, tunnelInfo);
    return { answer: enc, tunnel: new Tunnel("dialer", deriveSecrets(context)) };
  });
}

type TunnelSecrets = {
  readonly dialerKey: Uint8Array;
  readonly listenerKey: Uint8Array;
  readonly binding: Uint8Array;
};

function deriveSecrets({ exportSecret }: HpkeContext): TunnelSecrets {
  return {
    dialerKey: exportSecret(utf8("dialer"), keyBytes),
    listenerKey: exportSecret(utf8("listener"), keyBytes),
    binding: exportSecret(utf8("binding"), bindingBytes),
  };
}

async function orHandshakeFailed<Value>(attempt: () => Value): Promise<Value> {
  try {
    return attempt();
  } catch (cause) {
    throw new CocoonError("handshake_failed", { reason: "tunnel" }, { cause });
  }
}

function nonceOf(counter: number): Uint8Array {
  const nonce = new Uint8Array(nonceBytes);
  new DataView(nonce.buffer).setBigUint64(nonceBytes - 8, BigInt(counter));
  return nonce;
}
