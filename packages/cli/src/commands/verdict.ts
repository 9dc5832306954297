// `cocoon audit verdict`: what as many auditors as a worker agreed to have to say before its bond is lost.

import {
  CocoonError,
  fromHex,
  hashLeaf,
  parseAddress,
  type RawAddress,
  toHex,
  type Verdict,
  verdictDigest,
} from "@cocoon/protocol";
import {
  cancelVerdict,
  type ChainClient,
  executeVerdict,
  parseProofFile,
  readWorkerBond,
  submitVerdict,
  type WorkerBondState,
} from "@cocoon/sdk";
import { readFileSync } from "node:fs";
import type { Arguments } from "../command.ts";
import { openCouncilKey, openPayer } from "../council/council-key.ts";
import {
  collectSignatures,
  type Council,
  readSignature,
  signDigest,
  writeSignature,
} from "../council/signature-file.ts";
import { readVerdict, writeVerdict } from "../council/verdict-file.ts";
import { timeOf, ton } from "../operator/amount.ts";
import { confirm } from "../operator/confirm.ts";
import { reachNetworkOf } from "../operator/network.ts";
import { formatTable, type Terminal } from "../terminal.ts";
import { UsageError } from "../usage-error.ts";
import { networkName } from "../wallet/network.ts";

type Context = {
  readonly given: Arguments;
  readonly terminal: Terminal;
  readonly words: readonly string[];
};

const actions: Readonly<Record<string, (context: Context) => Promise<void>>> = {
  show,
  draft,
  sign,
  submit,
  execute,
  cancel,
};

/** Runs what follows `cocoon audit verdict`. Throws UsageError and what the action throws. */
export async function verdict(
  given: Arguments,
  terminal: Terminal,
  [name = "", ...words]: readonly string[],
): Promise<void> {
  const action = Object.hasOwn(actions, name) ? actions[name] : undefined;
  if (action === undefined) {
    throw new UsageError(`cocoon audit verdict is followed by ${Object.keys(actions).join(", ")}`);
  }
  await action({ given, terminal, words });
}

async function show({ given, terminal }: Context): Promise<void> {
  const { chain } = reachNetworkOf(given);
  const bond = bondOf(given);
  const state = await requireBond(chain, bond);
  const { threshold, keys } = councilOf(state);
  terminal.write(
    formatTable([
      ["bond", `${bond}, ${state.phase}, ${ton(state.bond)}`],
      ["judged by", `${threshold} of ${keys.length} auditors`],
      ...keys.map((key) => ["", key]),
      [
        "dispute",
        `a verdict waits ${state.disputeDelaySeconds} s, and ${state.governance} may cancel it`,
      ],
      ["pending", describePending(state)],
    ]),
  );
}

function describePending({ pending }: WorkerBondState): string {
  if (pending === undefined) return "nothing";
  const { executableAtSeconds, reason, receipt } = pending;
  return `reason ${reason}, receipt ${receipt}, executable from ${timeOf(executableAtSeconds)}`;
}

async function draft({ given, terminal }: Context): Promise<void> {
  const [out, receipt] = [given.text("out"), given.text("receipt")];
  const reason = given.uint("reason", { min: 0, max: 255 });
  if (out === undefined || receipt === undefined || reason === undefined) {
    throw new UsageError("a draft needs --bond, --receipt, --reason and --out");
  }
  const { chain } = reachNetworkOf(given);
  const bond = bondOf(given);
  const state = await requireBond(chain, bond);
  const { networkId } = chain;
  const accused = { networkId, bond, round: state.round, receipt: leafOf(receipt), reason };
  writeVerdict(out, accused);
  const { threshold, keys } = councilOf(state);
  terminal.write(`${out}: reason ${reason}, receipt ${toHex(accused.receipt)}\n`);
  terminal.write(`  digest ${toHex(verdictDigest(accused))}\n`);
  terminal.write(`  ${threshold} of ${keys.length} auditors have to sign it\n`);
}

/** A receipt's leaf hash: given in hex, or that of the receipt in a proof file. */
function leafOf(text: string): Uint8Array {
  const hash = fromHex(text);
  if (hash?.length === 32) return hash;
  try {
    return hashLeaf(parseProofFile(readFileSync(text, "utf8")).receipt);
  } catch (cause) {
    if (cause instanceof CocoonError) throw cause;
    throw new CocoonError("option_invalid", { file: text, reason: "cannot be read" }, { cause });
  }
}

/** Needs no network. */
async function sign({ given, terminal, words: [path] }: Context): Promise<void> {
  const out = given.text("out");
  if (path === undefined || out === undefined) {
    throw new UsageError("cocoon audit verdict sign needs a draft's FILE and --out FILE");
  }
  const accused = readVerdict(path);
  const { networkId, bond, reason, receipt, round } = accused;
  const facts = [
    ["bond", bond],
    ["network", networkName(networkId)],
    ["receipt", toHex(receipt)],
    ["reason", `${reason}, round ${round}`],
    ["digest", toHex(verdictDigest(accused))],
  ];
  await confirm(given, terminal, { facts, verb: "sign" });
  const key = await openCouncilKey(given, terminal);
  writeSignature(out, signDigest(key, verdictDigest(accused)));
  terminal.write(`${out}: signed by ${toHex(key.publicKey)}\n`);
}

async function submit({ given, terminal, words: [path, ...signed] }: Context): Promise<void> {
  if (path === undefined || signed.length === 0) {
    throw new UsageError("cocoon audit verdict submit needs a draft's FILE and its SIGNATURES");
  }
  const accused = readVerdict(path);
  const { chain } = reachNetworkOf(given);
  const state = await requireBond(chain, accused.bond);
  assertCurrent(accused, state, chain.networkId);
  const council = councilOf(state);
  const collected = collectSignatures(verdictDigest(accused), council, signed.map(readSignature));
  const signatures = collected.map(({ index, signature }) => ({ auditor: index, signature }));
  const wallet = await openPayer(given, terminal, chain);
  const { hash } = await submitVerdict(wallet, accused.bond, accused, signatures);
  const after = await requireBond(chain, accused.bond);
  terminal.write(`submitted\n  transaction ${hash}\n  pending: ${describePending(after)}\n`);
  terminal.write(`  until then ${after.governance} may cancel it\n`);
}

/** Says what the contract would refuse before anything is paid. */
function assertCurrent({ networkId, round }: Verdict, state: WorkerBondState, own: number): void {
  if (networkId !== own) throw new CocoonError("network_mismatch", { networkId });
  const refuse = (reason: string): never => {
    throw new CocoonError("option_invalid", { reason });
  };
  if (state.pending !== undefined) refuse("another verdict is pending");
  if (state.round !== round)
    refuse(`this is for round ${round}, and the bond is at ${state.round}`);
  if (state.phase !== "bonded" && state.phase !== "unbonding") refuse(`the bond is ${state.phase}`);
}

async function execute({ given, terminal }: Context): Promise<void> {
  const { chain } = reachNetworkOf(given);
  const bond = bondOf(given);
  const { pending } = await requireBond(chain, bond);
  const { seenAtSeconds } = await chain.account(bond);
  if (pending === undefined) {
    throw new CocoonError("option_invalid", { bond, reason: "no verdict is pending" });
  }
  if (seenAtSeconds < pending.executableAtSeconds) {
    const reason = `the dispute lasts until ${timeOf(pending.executableAtSeconds)}`;
    throw new CocoonError("option_invalid", { bond, reason });
  }
  const wallet = await openPayer(given, terminal, chain);
  const { hash } = await executeVerdict(wallet, bond);
  terminal.write(`executed: the bond is lost, a quarter of it to ${pending.reporter}\n`);
  terminal.write(`  transaction ${hash}\n`);
}

/** By the address that the bond names for it. */
async function cancel({ given, terminal }: Context): Promise<void> {
  const { chain } = reachNetworkOf(given);
  const bond = bondOf(given);
  const { governance, pending } = await requireBond(chain, bond);
  const wallet = await openPayer(given, terminal, chain);
  if (pending === undefined || wallet.address !== governance) {
    const reason = pending === undefined ? "no verdict is pending" : `only ${governance} may`;
    throw new CocoonError("option_invalid", { bond, reason });
  }
  const { hash } = await cancelVerdict(wallet, bond);
  terminal.write(`cancelled\n  transaction ${hash}\n`);
}

function bondOf(given: Arguments): RawAddress {
  const text = given.text("bond");
  if (text !== undefined && parseAddress(text) !== undefined) return text;
  throw new UsageError("--bond ADDRESS names the worker's bond, as 0: and 64 hex digits");
}

async function requireBond(chain: ChainClient, bond: RawAddress): Promise<WorkerBondState> {
  const state = await readWorkerBond(chain, bond);
  if (state !== undefined) return state;
  throw new CocoonError("contract_unexpected", { address: bond, reason: "nothing deployed" });
}

function councilOf({ auditorKeys, auditorThreshold }: WorkerBondState): Council {
  return { keys: auditorKeys.map(toHex), threshold: auditorThreshold };
}
