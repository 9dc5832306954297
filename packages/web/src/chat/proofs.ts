// Proof files of this page's answers, and what holds of them. Loaded with the first answer.

import { currentPulse } from "../network/index.ts";
import { openClient } from "../session/index.ts";
import { type Judged, judge } from "../verify/index.ts";

export type OpenedProof = Judged & {
  /** The file itself, for whoever wants to keep it. */
  readonly text: string;
};

/** Verifies an answer's proof in this page, on the chain too where an endpoint is named; undefined when there is none. */
export async function openProof(
  receipt: string,
  endpoint?: string,
): Promise<OpenedProof | undefined> {
  const network = currentPulse.read().description;
  const client = network ? (await openClient(network)).client : undefined;
  const text = await client?.proofFile(receipt);
  if (text === undefined) return undefined;
  return { text, ...(await judge(new Blob([text]), endpoint)) };
}
