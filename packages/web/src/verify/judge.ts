// A file's bytes in, what holds of them out: the one way in which both pages verify.

import { CocoonError, publicProfiles, type TrustProfile } from "@cocoon/protocol";
import {
  type ChainClient,
  createChainClient,
  parseProofFile,
  proofLengthMax,
  type ProofFile,
  type Verdict,
  verifyProofFile,
} from "@cocoon/sdk";

/** Put in when the page is built: profiles of vendors that anybody can imitate, and that every network but a real one has. */
declare const simulatedProfiles: readonly TrustProfile[];

/** Whose evidence this page believes; a simulated one's is called what it is. */
export const profiles: readonly TrustProfile[] = [...simulatedProfiles, ...publicProfiles];

const requestTimeoutMs = 10_000;

export type Judged = { readonly file: ProofFile; readonly verdict: Verdict };

/** Verifies a proof file; where an endpoint is named, on the chain too. Throws proof_* and option_invalid. */
export async function judge(blob: Blob, endpoint: string = ""): Promise<Judged> {
  // A text of so many characters has at most three bytes for each.
  if (blob.size > 3 * proofLengthMax) throw new CocoonError("proof_malformed");
  const file = parseProofFile(await blob.text());
  const chain = chainOf(file, endpoint.trim());
  const verdict = await verifyProofFile(file, {
    profiles,
    nowMs: Date.now(),
    ...(chain && { chain }),
  });
  return { file, verdict };
}

/** Throws option_invalid for what is no endpoint. */
function chainOf({ network }: ProofFile, url: string): ChainClient | undefined {
  if (url === "") return undefined;
  if (!URL.canParse(url)) throw new CocoonError("option_invalid", { field: "endpoint" });
  const { networkId } = network;
  return createChainClient({ endpoints: [url], networkId, requestTimeoutMs });
}
