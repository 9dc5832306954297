// Libraries of TON look for Node here and there, and bring more than a page uses.

import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const nothing = "\0nothing";
const tonLibrary = dirname(createRequire(import.meta.url).resolve("@ton/ton"));

/** By what is asked for, what is given: the one wallet's contract of many, and the few primitives that are used. */
const standIns: Readonly<Record<string, string>> = {
  "@ton/ton": join(tonLibrary, "wallets/WalletContractV5R1.js"),
  "@ton/crypto": fileURLToPath(new URL("ton-crypto.ts", import.meta.url)),
};

/** Asked for where Node is: by tweetnacl, and by our own primitives. Every browser has what stands in for them. */
const ofNode = new Set(["crypto", "libsodium-wrappers"]);

function refuseNode(specifier: string): string | undefined {
  if (specifier.startsWith("node:")) throw new Error(`a page has no ${specifier}`);
  return ofNode.has(specifier) ? nothing : standIns[specifier];
}

function loadNothing(id: string): string | undefined {
  return id === nothing ? "export {};" : undefined;
}

/** Of Rolldown's kind, which Vite takes too. */
export const withoutNode: {
  readonly name: string;
  readonly enforce: "pre";
  readonly resolveId: typeof refuseNode;
  readonly load: typeof loadNothing;
} = { name: "without-node", enforce: "pre", resolveId: refuseNode, load: loadNothing };
