// `cocoon governance`: what the root contract says, and how the keys of governance change it, each on its own machine.

import { type Resolution, type Statement, statementDigest } from "@cocoon/contracts";
import { CocoonError, formatTon, JsonReader, toHex } from "@cocoon/protocol";
import {
  executeChange,
  prepareStatement,
  readRoot,
  type RootState,
  sendStatement,
  type SignedStatement,
  type Wallet,
} from "@cocoon/sdk";
import { readConfigFile } from "@cocoon/services";
import type { Arguments, Run } from "../command.ts";
import { openCouncilKey, openPayer } from "../council/council-key.ts";
import { readChange, readRevocation } from "../council/decision-json.ts";
import {
  collectSignatures,
  type CouncilSignature,
  readSignature,
  signDigest,
  writeSignature,
} from "../council/signature-file.ts";
import { describeResolution, readStatement, writeStatement } from "../council/statement-file.ts";
import { describeLlamaModel } from "../network/model.ts";
import { confirm } from "../operator/confirm.ts";
import { reachNetworkOf, type ReachedNetwork } from "../operator/network.ts";
import { describeChange, describeTime } from "../status/changes.ts";
import { formatTable, type Terminal } from "../terminal.ts";
import { UsageError } from "../usage-error.ts";
import { networkName } from "../wallet/network.ts";

type Context = {
  readonly given: Arguments;
  readonly terminal: Terminal;
  /** What follows the action's name. */
  readonly words: readonly string[];
};

type Action = (context: Context) => Promise<void>;

const hoursDefault = 24;
const hoursMax = 24 * 90;

const actions: Readonly<Record<string, Action>> = {
  show,
  propose: (context) => decide(context, proposalOf),
  cancel: (context) => decide(context, ([id]) => ({ action: "cancel", id: idOf(id) })),
  revoke: (context) => decide(context, revocationOf),
  ban: (context) => decide(context, ([platformId]) => revoke({ kind: "banPlatform", platformId })),
  "raise-floor": (context) =>
    decide(context, ([number]) => revoke({ kind: "raiseFloor", tcbEvaluationFloor: idOf(number) })),
  sign,
  send,
  execute,
};

export const governance: Run = async (given, terminal) => {
  const [name = "", ...words] = given.positionals;
  const action = Object.hasOwn(actions, name) ? actions[name] : undefined;
  if (action === undefined) {
    throw new UsageError(`cocoon governance is followed by ${Object.keys(actions).join(", ")}`);
  }
  await action({ given, terminal, words });
  return 0;
};

async function show({ given, terminal }: Context): Promise<void> {
  const { chain, network } = reachNetworkOf(given);
  const state = await readRoot(chain, network.root);
  terminal.write(given.flag("json") ? stateJson(state) : stateText(state, network.root));
}

function stateText({ auditors, governance: keys, ...state }: RootState, root: string): string {
  const { bondMin, tcbEvaluationFloor, workerBondMin } = state.params;
  const facts = [
    ["root", `${root}, revision ${state.revision}`],
    ["decides", `${keys.threshold} of ${keys.keys.length} keys, ${keys.delaySeconds} s ahead`],
    ...keys.keys.map((key) => ["", key]),
    ["auditors", `${auditors.threshold} of ${auditors.keys.length} keys`],
    ...auditors.keys.map((key) => ["", key]),
    ["bond", `a proxy's ${formatTon(bondMin)} TON, a worker's ${formatTon(workerBondMin)} TON`],
    ["TCB floor", String(tcbEvaluationFloor)],
    ["models", String(state.models.size)],
    ...[...state.models].map(([hash, { name }]) => ["", `${hash}  ${name}`]),
    ["images", String(state.measurements.size)],
    ...[...state.measurements.keys()].map((hash) => ["", hash]),
    ["bans", String(state.bans.size)],
    ...[...state.bans.keys()].map((id) => ["", id]),
    ["next", `statement ${state.sequence}`],
    ["pending", state.pending.length === 0 ? "nothing" : ""],
    ...state.pending.map((change) => [
      "",
      `${change.id}: ${describeChange(change.change)}, from ${describeTime(change, Date.now())}`,
    ]),
  ];
  return formatTable(facts);
}

function stateJson({ genesis: _genesis, ...state }: RootState): string {
  return `${JSON.stringify(state, plain, 2)}\n`;
}

function plain(_name: string, value: unknown): unknown {
  if (value instanceof Map) return Object.fromEntries(value);
  return typeof value === "bigint" ? value.toString() : value;
}

type Resolve = (words: readonly (string | undefined)[]) => Resolution | Promise<Resolution>;

/** Makes a statement for the keys to sign; with --now, the home's own key signs and it is sent. */
async function decide({ given, terminal, words }: Context, resolve: Resolve): Promise<void> {
  const out = given.text("out");
  if ((out === undefined) !== given.flag("now")) {
    throw new UsageError("either --out FILE, to be signed, or --now, with the home's own key");
  }
  const reached = reachNetworkOf(given);
  const resolution = await resolve(words);
  const hours = given.uint("valid-hours", { min: 1, max: hoursMax }) ?? hoursDefault;
  const { root } = reached.network;
  const prepared = await prepareStatement(reached.chain, root, resolution, hours * 3_600);
  const { statement, governance: council } = prepared;
  if (out !== undefined) {
    writeStatement(out, statement);
    terminal.write(`${out}: ${describeResolution(resolution, council)}\n`);
    terminal.write(`  digest ${toHex(statementDigest(statement))}\n`);
    terminal.write(`  ${council.threshold} of ${council.keys.length} keys have to sign it\n`);
    return;
  }
  await confirmStatement(given, terminal, { statement, verb: "sign and send" });
  const key = await openCouncilKey(given, terminal);
  const signatures = [signDigest(key, statementDigest(statement))];
  await carry({ given, terminal, reached }, statement, signatures);
}

async function proposalOf([path]: readonly (string | undefined)[]): Promise<Resolution> {
  if (path === undefined) throw new UsageError("cocoon governance propose needs a change's FILE");
  const json = readConfigFile(path);
  if (!json.has("weights")) return { action: "propose", change: readChange(json) };
  const listing = json.object("listing");
  const { manifestHash } = await describeLlamaModel({
    name: listing.string("name", 64),
    path: json.string("weights"),
    contextTokens: listing.uint("contextTokens"),
  });
  const named = { ...json.unknownFields(), manifestHash };
  return { action: "propose", change: readChange(new JsonReader(named, "option_invalid")) };
}

function revocationOf([kind, hash]: readonly (string | undefined)[]): Resolution {
  if (kind === "model") return revoke({ kind: "removeModel", manifestHash: hash });
  if (kind === "image") return revoke({ kind: "removeMeasurement", imageHash: hash });
  throw new UsageError("cocoon governance revoke is followed by model HASH or image HASH");
}

function revoke(fields: Readonly<Record<string, unknown>>): Resolution {
  const revocation = readRevocation(new JsonReader(fields, "option_invalid"));
  return { action: "revoke", revocation };
}

function idOf(text: string | undefined): number {
  if (text !== undefined && /^\d{1,10}$/.test(text)) return Number(text);
  throw new UsageError("a whole number is missing");
}

function confirmStatement(
  given: Arguments,
  terminal: Terminal,
  { statement, verb }: { readonly statement: Statement; readonly verb: string },
): Promise<void> {
  const { networkId, resolution, root, sequence, validUntilSeconds } = statement;
  const facts = [
    ["decides", describeResolution(resolution)],
    ["in full", JSON.stringify(resolution, plain)],
    ["network", networkName(networkId)],
    ["root", root],
    ["number", String(sequence)],
    ["until", new Date(validUntilSeconds * 1_000).toISOString()],
    ["digest", toHex(statementDigest(statement))],
  ];
  return confirm(given, terminal, { facts, verb });
}

/** Needs no network: a key that never leaves an offline machine can sign. */
async function sign({ given, terminal, words }: Context): Promise<void> {
  const [path] = words;
  const out = given.text("out");
  if (path === undefined || out === undefined) {
    throw new UsageError("cocoon governance sign needs a statement's FILE and --out FILE");
  }
  const statement = readStatement(path);
  await confirmStatement(given, terminal, { statement, verb: "sign" });
  const key = await openCouncilKey(given, terminal);
  writeSignature(out, signDigest(key, statementDigest(statement)));
  terminal.write(`${out}: signed by ${toHex(key.publicKey)}\n`);
}

async function send({ given, terminal, words }: Context): Promise<void> {
  const [path, ...signed] = words;
  if (path === undefined || signed.length === 0) {
    throw new UsageError("cocoon governance send needs a statement's FILE and its SIGNATURES");
  }
  const statement = readStatement(path);
  const reached = reachNetworkOf(given);
  const { networkId, root } = reached.network;
  if (statement.networkId !== networkId || statement.root !== root) {
    throw new CocoonError("network_mismatch", { root: statement.root });
  }
  await carry({ given, terminal, reached }, statement, signed.map(readSignature));
}

type Carrying = Pick<Context, "given" | "terminal"> & { readonly reached: ReachedNetwork };

/** Brings a statement to the root; a change that has not to wait is executed too. */
async function carry(
  { given, terminal, reached: { chain } }: Carrying,
  statement: Statement,
  signatures: readonly CouncilSignature[],
): Promise<void> {
  const { root, sequence, resolution } = statement;
  const state = await readRoot(chain, root);
  if (state.sequence !== sequence) {
    throw new CocoonError("option_invalid", {
      reason: `the root expects statement ${state.sequence} and this is ${sequence}: make and sign it anew`,
    });
  }
  const collected = collectSignatures(statementDigest(statement), state.governance, signatures);
  const wallet = await openPayer(given, terminal, chain);
  const signed: SignedStatement = { ...statement, signatures: collected };
  const { hash, feeNanotons } = await sendStatement(wallet, signed);
  terminal.write(`${describeResolution(resolution, state.governance)}\n  transaction ${hash}\n`);
  terminal.write(`  fee ${formatTon(feeNanotons)} TON\n`);
  if (resolution.action !== "propose") return;
  if (state.governance.delaySeconds === 0) await executeNow(wallet, root, sequence, terminal);
  else terminal.write(`  later: cocoon governance execute ${sequence}\n`);
}

async function executeNow(
  wallet: Wallet,
  root: string,
  id: number,
  terminal: Terminal,
): Promise<void> {
  const { hash } = await executeChange(wallet, root, id);
  terminal.write(`executed change ${id}\n  transaction ${hash}\n`);
}

/** By anyone, once its time has come. */
async function execute({ given, terminal, words: [text] }: Context): Promise<void> {
  const id = idOf(text);
  const { chain, network } = reachNetworkOf(given);
  const { pending } = await readRoot(chain, network.root);
  const change = pending.find((candidate) => candidate.id === id);
  if (change === undefined) {
    throw new CocoonError("option_invalid", { change: id, reason: "no such change is pending" });
  }
  const { seenAtSeconds } = await chain.account(network.root);
  if (seenAtSeconds < change.executeAtSeconds) {
    const from = describeTime(change, seenAtSeconds * 1_000);
    throw new CocoonError("option_invalid", { change: id, reason: `not before ${from}` });
  }
  await executeNow(await openPayer(given, terminal, chain), network.root, id, terminal);
}
