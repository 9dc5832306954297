// A page that verifies a proof file, with the same source as cocoon verify. Nothing leaves it, unless an endpoint is named.

import { CocoonError, publicProfiles, type TrustProfile } from "@cocoon/protocol";
import {
  type ChainClient,
  createChainClient,
  parseProofFile,
  proofLengthMax,
  type ProofFile,
  verifyProofFile,
} from "@cocoon/sdk";
import { showRefusal, showVerdict } from "./view.ts";

/** Put in when the page is built: profiles of vendors that anybody can imitate, and that every network but a real one has. */
declare const simulatedProfiles: readonly TrustProfile[];

const profiles = [...simulatedProfiles, ...publicProfiles];
const requestTimeoutMs = 10_000;

const input = elementOf("file", HTMLInputElement);
const endpoint = elementOf("endpoint", HTMLInputElement);
const drop = elementOf("drop", HTMLElement);
const result = elementOf("result", HTMLElement);

function elementOf<Kind extends HTMLElement>(id: string, kind: new () => Kind): Kind {
  const element = document.querySelector(`#${id}`);
  if (element instanceof kind) return element;
  throw new Error(`no ${id}`);
}

async function verify(blob: Blob): Promise<void> {
  result.replaceChildren();
  try {
    // A text of so many characters has at most three bytes for each.
    if (blob.size > 3 * proofLengthMax) throw new CocoonError("proof_malformed");
    const file = parseProofFile(await blob.text());
    const chain = chainOf(file);
    const verdict = await verifyProofFile(file, {
      profiles,
      nowMs: Date.now(),
      ...(chain && { chain }),
    });
    showVerdict(result, file, verdict);
  } catch (error) {
    if (!(error instanceof CocoonError)) throw error;
    showRefusal(result, error);
  }
}

/** Throws option_invalid for what is no endpoint. */
function chainOf({ network }: ProofFile): ChainClient | undefined {
  const url = endpoint.value.trim();
  if (url === "") return undefined;
  if (!endpoint.checkValidity()) throw new CocoonError("option_invalid", { field: "endpoint" });
  return createChainClient({
    endpoints: [url],
    networkId: network.networkId,
    requestTimeoutMs,
  });
}

function verifyFirst(files: FileList | undefined | null): void {
  const file = files?.item(0);
  if (file) void verify(file);
}

input.addEventListener("change", () => verifyFirst(input.files));
elementOf("form", HTMLFormElement).addEventListener("submit", (event) => {
  event.preventDefault();
  verifyFirst(input.files);
});
for (const name of ["dragover", "dragleave", "drop"] as const) {
  document.addEventListener(name, (event) => {
    event.preventDefault();
    drop.classList.toggle("over", name === "dragover");
    if (name === "drop") verifyFirst(event.dataTransfer?.files);
  });
}
