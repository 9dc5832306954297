import { createSigningKey, encodeHello, type HelloTerms, toHex, utf8 } from "@cocoon/protocol";
import { devnetId } from "./voucher.ts";

const seed = new Uint8Array(32).fill(0x4e);
const terms: HelloTerms = {
  side: "dialer",
  identity: createSigningKey(seed),
  role: "worker",
  networkId: devnetId,
  rootAddress: `0:${"40".repeat(32)}`,
  binding: new Uint8Array(32).fill(0xb1),
  features: ["a", "b"],
};

/** HELLO payloads of a dialer, each with what a listener must say. */
export function helloVectors(): object {
  const text = new TextDecoder().decode(encodeHello(terms));
  const made = (changed: Partial<HelloTerms>): string =>
    new TextDecoder().decode(encodeHello({ ...terms, ...changed }));
  const elsewhere = `0:${"41".repeat(32)}`;
  const rows: readonly (readonly [string, string, string | null])[] = [
    ["a worker's hello", text, null],
    ["a client's hello without features", made({ role: "client", features: [] }), null],
    ["more fields than are known", text.replace("{", '{"extra":1,'), null],
    ["the listener's own side", made({ side: "listener" }), "handshake_failed"],
    ["another carrier", made({ binding: new Uint8Array(32) }), "handshake_failed"],
    ["another network", made({ networkId: -239 }), "network_mismatch"],
    ["another root contract", made({ rootAddress: elsewhere }), "network_mismatch"],
    [
      "only a later version",
      text.replace('"versions":[1]', '"versions":[2]'),
      "version_unsupported",
    ],
    ["a version added", text.replace('"versions":[1]', '"versions":[1,2]'), "handshake_failed"],
    ["a feature removed", text.replace('["a","b"]', '["a"]'), "handshake_failed"],
    ["another role", text.replace("worker", "client"), "handshake_failed"],
    ["an unknown role", text.replace("worker", "auditor"), "handshake_failed"],
    ["not JSON", text.slice(1), "handshake_failed"],
    ["empty", "", "handshake_failed"],
  ];
  return {
    about:
      "Spec section 3.5. The verifier listened; its network, root contract and binding are these.",
    seed: toHex(seed),
    publicKey: toHex(terms.identity.publicKey),
    networkId: terms.networkId,
    rootAddress: terms.rootAddress,
    binding: toHex(terms.binding),
    hellos: rows.map(([name, hello, error]) => ({ name, payload: toHex(utf8(hello)), error })),
  };
}
