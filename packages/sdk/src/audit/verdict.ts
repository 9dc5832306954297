// What a verification says: one check after the other, each with what it proves. Spec section 8.3.

import { CocoonError, type ErrorCode } from "@cocoon/protocol";
import { type DetailName, details, fillDetail } from "./details.ts";

type Sentences = { readonly title: string; readonly proves: string; readonly provesNot?: string };

/** In the order in which they are shown. */
const sentences = {
  network: {
    title: "Network",
    proves: "The proof is about the network and the root contract that you named.",
  },
  receipt: {
    title: "Receipt",
    proves:
      "There is a whole receipt: who answered which request, with which model, how much and when.",
    provesNot: "That anything in it is true.",
  },
  amount: {
    title: "Amount",
    proves: "The cost follows from the receipt's token counts and prices; nobody trusts a sum.",
    provesNot: "The token counts: the program counts them.",
  },
  evidence: {
    title: "Evidence",
    proves:
      "When the answer was made, whom the trust profile names vouched for the worker's key: a vendor for machine and program, or only the worker itself.",
    provesNot: "Anything at all where it is simulated.",
  },
  identity: {
    title: "Identity",
    proves: "The receipt is signed by the key in the evidence, for the same model and tier.",
    provesNot: "What was asked and answered: that takes a disclosure.",
  },
  policy: {
    title: "Image and model",
    proves:
      "The program and the model are among those that, by the file's own copy, the root contract allowed.",
    provesNot: "That the copy is true: who writes a file writes its copy.",
  },
  policyOnChain: {
    title: "Image and model on chain",
    proves: "The root contract itself allowed this program and this model at that time.",
    provesNot: "That governance was right to.",
  },
  promise: {
    title: "Promise",
    proves: "The log's key promised this receipt its place, so leaving it out can be proven.",
    provesNot: "That the log kept it.",
  },
  checkpoint: {
    title: "Checkpoint",
    proves: "The log of this bond on this network signed the state of its tree.",
    provesNot: "That the log showed everybody the same.",
  },
  inclusion: {
    title: "Inclusion",
    proves: "The receipt stands in the tree that the checkpoint describes.",
  },
  witnesses: {
    title: "Witnesses",
    proves:
      "As many of your witnesses as you asked for saw this log only ever grow, up to this tree.",
    provesNot: "That they are independent of the proxy and of each other: you chose them.",
  },
  logOnChain: {
    title: "Log key on chain",
    proves: "The bond contract stands on chain and names the log's key.",
    provesNot: "That the deposit is large enough.",
  },
  anchor: {
    title: "Anchor",
    proves: "The anchor that the file names is of this bond and of exactly this checkpoint.",
    provesNot: "That the anchor is on TON: that is the file's word until the chain is asked.",
  },
  anchorOnChain: {
    title: "Anchor on chain",
    proves:
      "A transaction of the bond contract, signed by the log's key, fixed this tree on the chain of this network.",
  },
  times: {
    title: "Times",
    proves:
      "The times of answer, promise, acceptance and anchor fit together, and none is in the future.",
    provesNot: "The hour: clocks of strangers are compared.",
  },
  disclosure: {
    title: "Disclosure",
    proves: "The opened texts are the ones that the worker committed to in the receipt.",
    provesNot: "Anything of the fields that stay closed, but how many there are.",
  },
} as const satisfies Readonly<Record<string, Sentences>>;

export type CheckId = keyof typeof sentences;

export type Finding = {
  /** Unknown: it was not checked, and the detail says why. */
  readonly status: "holds" | "fails" | "unknown";
  /** Short, for people; public facts alone. */
  readonly detail?: string;
  /** The same, for who says it in another language: its name and its facts. A failure has a code instead. */
  readonly found?: {
    readonly name: DetailName;
    readonly values: Readonly<Record<string, string>>;
  };
  /** Of a failure: a row of the error table. */
  readonly code?: ErrorCode;
};

export type Check = Finding & {
  readonly id: CheckId;
  readonly title: string;
  /** What it proves when it holds, in one sentence. */
  readonly proves: string;
  /** What it leaves open even then, where somebody might think otherwise. */
  readonly provesNot?: string;
};

type Facts = Readonly<Record<string, string | number | bigint | undefined>>;

export const holds = (name: DetailName, facts: Facts = {}): Finding => {
  return { status: "holds", ...told(name, facts) };
};

export const unknown = (name: DetailName): Finding => {
  return { status: "unknown", ...told(name, {}) };
};

function told(name: DetailName, facts: Facts): Pick<Finding, "detail" | "found"> {
  const values = Object.fromEntries(
    Object.entries(facts).map(([fact, value]) => [fact, String(value)]),
  );
  return { detail: fillDetail(details[name], values), found: { name, values } };
}

/** A check's finding with its sentences; a refusal is a failure with its code. */
export async function conclude(
  id: CheckId,
  judge: () => Finding | Promise<Finding>,
): Promise<Check> {
  return { id, ...sentences[id], ...(await findingOf(judge)) };
}

async function findingOf(judge: () => Finding | Promise<Finding>): Promise<Finding> {
  try {
    return await judge();
  } catch (error) {
    if (!(error instanceof CocoonError)) throw error;
    return { status: "fails", code: error.code, detail: error.message };
  }
}
