import {
  CocoonError,
  type LogProof,
  parseReceipt,
  type RawAddress,
  type Receipt,
  type TrustProfile,
} from "@cocoon/protocol";
import type { ChainClient } from "../chain/index.ts";
import {
  appraise,
  type Appraised,
  judgeAmount,
  judgeDisclosure,
  judgeEvidence,
  judgeIdentity,
  judgePolicy,
  judgeReceipt,
} from "./answer-checks.ts";
import {
  askChain,
  type Chain,
  judgeAnchorOnChain,
  judgeLogOnChain,
  judgePolicyOnChain,
  reachChain,
} from "./chain-checks.ts";
import { factsOf, type ProofFacts } from "./facts.ts";
import {
  judgeAnchor,
  judgeCheckpoint,
  judgeInclusion,
  judgePromise,
  judgeTimes,
  judgeWitnesses,
  type WitnessQuorum,
} from "./log-checks.ts";
import { type ReceiptState, receiptState } from "./log-proof.ts";
import type { ProofFile } from "./proof-file.ts";
import { type Check, conclude, type Finding, holds, unknown } from "./verdict.ts";

export type ProofVerification = {
  /** Whose evidence counts. A proof of a simulated worker needs a simulated profile. */
  readonly profiles: readonly TrustProfile[];
  /** Unix milliseconds. The answer is judged as of its own time; later than now it cannot be. */
  readonly nowMs: number;
  /** The network that the proof must be about. Without it the reader has to look at the facts. */
  readonly network?: { readonly networkId: number; readonly root: RawAddress };
  /** Who must have cosigned the checkpoint. Without it cosignatures are not looked at. */
  readonly witnesses?: WitnessQuorum;
  /** Asks TON too. Without it, or while the chain is away, what only TON can tell stays unknown. */
  readonly chain?: ChainClient;
};

export type Verdict = {
  /** How far the file's proof goes. */
  readonly state: ReceiptState;
  /** No check fails, and all that need no chain hold. */
  readonly holds: boolean;
  /** In the order in which they are shown. Those that the state has nothing for are left out. */
  readonly checks: readonly Check[];
  /** What the proof is about; undefined where the receipt can't be read. */
  readonly facts: ProofFacts | undefined;
};

const needsChain: ReadonlySet<Check["id"]> = new Set([
  "policyOnChain",
  "logOnChain",
  "anchorOnChain",
]);

/**
 * Verifies a proof file, check by check; a check that fails does not keep others from being made. It works offline and
 * does the same in Node and in a browser. Throws for no file whatever; a threshold that no number of witnesses can meet,
 * or that none meets, is a bug of the caller.
 */
export async function verifyProofFile(
  file: ProofFile,
  options: ProofVerification,
): Promise<Verdict> {
  assertQuorum(options.witnesses);
  const receipt = await attempt(() => parseReceipt(file.receipt));
  const chain = await reachChain(options.chain, file.network.networkId);
  const subject: Subject = { file, receipt, chain, options };
  const checks = [...(await checkAnswer(subject)), ...(await checkLog(subject))];
  return {
    state: receiptState(file.log.proof),
    holds: checks.every(({ id, status }) => {
      return status === "holds" || (status === "unknown" && needsChain.has(id));
    }),
    checks,
    facts: receipt instanceof CocoonError ? undefined : factsOf(file, receipt),
  };
}

function assertQuorum(quorum: WitnessQuorum | undefined): void {
  if (quorum === undefined) return;
  const { keys, threshold } = quorum;
  if (Number.isSafeInteger(threshold) && threshold >= 1 && threshold <= keys.length) return;
  throw new RangeError(`${threshold} of ${keys.length} witnesses`);
}

type Subject = {
  readonly file: ProofFile;
  readonly receipt: Receipt | CocoonError;
  readonly chain: Chain;
  readonly options: ProofVerification;
};

/** Makes a check that needs the receipt unknown where there is none. */
const judgeOf =
  (receipt: Receipt | CocoonError) =>
  (judge: (receipt: Receipt) => Finding | Promise<Finding>) =>
  (): Finding | Promise<Finding> =>
    receipt instanceof CocoonError ? unknown("receiptUnread") : judge(receipt);

/** Who answered, with what, for how much. */
async function checkAnswer({ file, receipt, chain, options }: Subject): Promise<Check[]> {
  const { profiles, network } = options;
  const appraised = await attempt(() => appraise({ file, receipt: valueOf(receipt), profiles }));
  const withReceipt = judgeOf(receipt);
  const withWorker = (judge: (receipt: Receipt, found: Appraised) => Finding | Promise<Finding>) =>
    withReceipt((read) =>
      appraised instanceof CocoonError ? unknown("evidenceFails") : judge(read, appraised),
    );
  const worker = appraised instanceof CocoonError ? undefined : appraised.worker;
  const checks = [
    conclude("receipt", () => judgeReceipt(valueOf(receipt))),
    conclude("amount", withReceipt(judgeAmount)),
    conclude(
      "evidence",
      withReceipt(() => judgeEvidence(valueOf(appraised).worker)),
    ),
    conclude(
      "identity",
      withReceipt((read) => judgeIdentity(file, read, worker)),
    ),
    conclude(
      "policy",
      withWorker((_, found) => judgePolicy(file, found)),
    ),
    conclude(
      "policyOnChain",
      withWorker((read) =>
        askChain(chain, (client) => judgePolicyOnChain(client, { file, receipt: read, profiles })),
      ),
    ),
  ];
  if (network !== undefined) checks.unshift(conclude("network", () => judgeNetwork(file, network)));
  return await Promise.all(checks);
}

/** Where the receipt stands, since when, and what of the answer is opened. */
async function checkLog({ file, receipt, chain, options }: Subject): Promise<Check[]> {
  const { disclosure, log } = file;
  const { proof } = log;
  const { witnesses } = options;
  const checks = [conclude("promise", () => judgePromise(file))];
  if (proof !== undefined) {
    checks.push(conclude("checkpoint", () => judgeCheckpoint(file, proof)));
    checks.push(conclude("inclusion", () => judgeInclusion(file, proof)));
  }
  if (witnesses !== undefined) {
    checks.push(conclude("witnesses", () => judgeWitnesses(proof, witnesses, options.nowMs)));
  }
  checks.push(
    conclude("logOnChain", () => askChain(chain, (client) => judgeLogOnChain(client, file))),
  );
  if (proof?.anchor !== undefined) checks.push(...checkAnchor(file, chain, proof));
  const withReceipt = judgeOf(receipt);
  checks.push(
    conclude(
      "times",
      withReceipt((read) => judgeTimes(file, read, options.nowMs)),
    ),
  );
  if (disclosure !== undefined) {
    checks.push(
      conclude(
        "disclosure",
        withReceipt((read) => judgeDisclosure(disclosure, read)),
      ),
    );
  }
  return await Promise.all(checks);
}

function checkAnchor(file: ProofFile, chain: Chain, proof: LogProof): Promise<Check>[] {
  const { anchor } = proof;
  if (anchor === undefined) return [];
  const judge = (client: ChainClient): Promise<Finding> => judgeAnchorOnChain(client, file, anchor);
  return [
    conclude("anchor", () => judgeAnchor(file, proof, anchor)),
    conclude("anchorOnChain", () => askChain(chain, judge)),
  ];
}

function judgeNetwork(
  { network }: ProofFile,
  wanted: NonNullable<ProofVerification["network"]>,
): Finding {
  const { networkId, root } = network;
  if (networkId !== wanted.networkId || root !== wanted.root) {
    throw new CocoonError("claims_network_mismatch", { networkId, root });
  }
  return holds("network", { networkId, root });
}

/** The value, or the refusal that stood in its way: every check that needs it will say so. */
async function attempt<Value>(make: () => Value | Promise<Value>): Promise<Value | CocoonError> {
  try {
    return await make();
  } catch (error) {
    if (error instanceof CocoonError) return error;
    throw error;
  }
}

function valueOf<Value>(attempted: Value | CocoonError): Value {
  if (attempted instanceof CocoonError) throw attempted;
  return attempted;
}
