import { constants } from "node:crypto";
import {
  createSecureContext,
  type SecureContext,
  type SecureContextOptions,
  type TLSSocket,
} from "node:tls";
import { bindingBytes, CocoonError } from "@cocoon/protocol";

/** The one application protocol; other names on the same port are other protocols. */
export const alpnName = "cocoon/1";
/** RFC 7301 section 6. */
export const httpAlpnName = "http/1.1";

const exporterLabel = "EXPORTER-cocoon-hello-1";

/**
 * TLS 1.3 only, no tickets: a resumed session would skip nothing that we rely on, but a fresh key agreement for
 * each connection costs 2 ms and leaves one thing less to argue about. No list of authorities: none is consulted.
 */
export const tlsOptions: SecureContextOptions = {
  minVersion: "TLSv1.3",
  maxVersion: "TLSv1.3",
  ciphers: "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256",
  secureOptions: constants.SSL_OP_NO_TICKET,
  ca: [],
};

let shared: SecureContext | undefined;

/** What every dialed socket uses; made once, because it takes longer than the handshake. */
export function dialContext(): SecureContext {
  shared ??= createSecureContext(tlsOptions);
  return shared;
}

/** The value that ties a HELLO to this TLS session (RFC 8446 section 7.5). Throws `handshake_failed` on another protocol. */
export function bindingOf(socket: TLSSocket): Uint8Array {
  if (socket.alpnProtocol !== alpnName || socket.getProtocol() !== "TLSv1.3") {
    throw new CocoonError("handshake_failed", { reason: "not cocoon/1 over TLS 1.3" });
  }
  if (socket.isSessionReused()) throw new CocoonError("handshake_failed", { reason: "resumed" });
  return new Uint8Array(socket.exportKeyingMaterial(bindingBytes, exporterLabel, Buffer.alloc(0)));
}
