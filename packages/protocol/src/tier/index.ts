/** What protects a prompt from the operator of the worker, weakest first. `dev` is simulated and protects nothing. */
export const tiers = ["dev", "open", "confidential", "confidential-gpu"] as const;

export type Tier = (typeof tiers)[number];

/** What a client asks for that names none: no operator may read. */
export const tierDefault: Tier = "confidential";

/** Whether a worker of one tier may answer a request that names another as the lowest. */
export function tierSatisfies(offered: Tier, wanted: Tier): boolean {
  return tiers.indexOf(offered) >= tiers.indexOf(wanted);
}

/** The tier's byte in receipts and headers. */
export function tierByte(tier: Tier): number {
  return tiers.indexOf(tier);
}

/** The tier of a byte, or undefined when there is none. */
export function tierOfByte(byte: number): Tier | undefined {
  return tiers[byte];
}

/** What each tier means for whoever sends a prompt, in one sentence for people. */
export const tierStatements: Readonly<Record<Tier, string>> = {
  dev: "The trusted environment is simulated and protects nothing: the worker's operator can read prompts and answers.",
  open: "An ordinary machine: the worker's operator can read prompts and answers.",
  confidential:
    "The worker runs in a processor's trusted environment, which keeps its operator out; a GPU beside it is not covered.",
  "confidential-gpu":
    "The worker and its GPU run in trusted environments, which keep their operator out.",
};

/** The statement of a tier whose workers' operators can read; undefined where hardware keeps them out. */
export function operatorNotice(tier: Tier): string | undefined {
  return tierSatisfies(tier, tierDefault) ? undefined : tierStatements[tier];
}
