// Libraries of TON look for Node here and there; a page has none.

const nothing = "\0nothing";

/** tweetnacl asks for Node's crypto where a browser has none; every browser has. */
function refuseNode(specifier: string): string | undefined {
  if (specifier === "crypto") return nothing;
  if (specifier.startsWith("node:")) throw new Error(`a page has no ${specifier}`);
  return undefined;
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
