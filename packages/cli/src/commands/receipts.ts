// `cocoon receipts`: what was answered, and the files that prove it, from the gateway's own database.

import {
  CocoonError,
  createSigningKey,
  formatTon,
  parseReceipt,
  primitives,
  toHex,
} from "@cocoon/protocol";
import {
  encodeCoseStatement,
  type ListedAnswer,
  parseProofFile,
  proofFileOf,
  type StoredAnswer,
} from "@cocoon/sdk";
import { readContent } from "../audit/content-file.ts";
import { assertWritable, writeForOwner } from "../audit/owner-file.ts";
import { readNames, withOpened } from "../audit/save.ts";
import type { Arguments, Run } from "../command.ts";
import { type GatewayDatabase, openGatewayDatabase } from "../gateway/database.ts";
import { homeOf } from "../home.ts";
import { type LocalNetwork, requireLocalNetwork } from "../network/network-file.ts";
import { formatTable, type Terminal } from "../terminal.ts";
import { UsageError } from "../usage-error.ts";
import { poll } from "../waiting.ts";

const limitDefault = 20;
const limitMax = 1_000_000;
const waitSecondsMax = 86_400;
const lookMs = 250;

export const receipts: Run = async (given, terminal) => {
  const [action, id] = given.positionals;
  if (action === "export" && id === undefined)
    throw new UsageError("cocoon receipts export needs ID");
  if (action !== undefined && action !== "export") {
    throw new UsageError(`unknown argument: ${action}`);
  }
  const open = readOpening(given, id !== undefined);
  const waitSeconds = given.uint("wait", { min: 1, max: waitSecondsMax });
  if (waitSeconds !== undefined && id === undefined) throw new UsageError("--wait needs export ID");
  const cosePath = given.text("cose");
  if (cosePath !== undefined) assertWritable(cosePath);
  const home = homeOf(given);
  const network = requireLocalNetwork(home);
  const database = openGatewayDatabase(home);
  try {
    if (id === undefined) list(network, database, { given, terminal });
    else {
      if (waitSeconds !== undefined) await awaitAnchor(database, id, waitSeconds);
      const file = open(exportProof(network, database, id));
      if (cosePath === undefined) terminal.write(file);
      else writeForOwner(cosePath, coseStatementOf(file));
    }
  } finally {
    database?.close();
  }
  return 0;
};

/** The running gateway writes what it learns. Throws peer_timeout when that was no anchor. */
async function awaitAnchor(
  database: GatewayDatabase | undefined,
  id: string,
  waitSeconds: number,
): Promise<void> {
  const look = (): Promise<true | undefined> =>
    Promise.resolve(findAnswer(database, id).state === "anchored" || undefined);
  const { signal } = new AbortController();
  const what = "the receipt's anchor";
  await poll(look, { everyMs: lookMs, timeoutMs: 1_000 * waitSeconds, what, signal });
}

/** Signed with a key that is made for it and forgotten: what counts is signed by worker and log. */
function coseStatementOf(file: string): Uint8Array {
  const exporter = createSigningKey(primitives.randomBytes(32));
  return encodeCoseStatement(parseProofFile(file), exporter);
}

/** How a proof file is opened as it is exported: as --content and --disclose say, which belong together. */
function readOpening(given: Arguments, isExport: boolean): (file: string) => string {
  const path = given.text("content");
  const names = readNames(given);
  if (path === undefined && names === undefined) return (file) => file;
  if (path === undefined || names === undefined || !isExport) {
    throw new UsageError("--content FILE and --disclose NAMES go together, with export ID");
  }
  const content = readContent(path);
  return (file) => withOpened(file, content, names);
}

type Output = { readonly given: Arguments; readonly terminal: Terminal };

function list(
  network: LocalNetwork,
  database: GatewayDatabase | undefined,
  { given, terminal }: Output,
): void {
  const limit = given.uint("limit", { min: 1, max: limitMax }) ?? limitDefault;
  const answers = database?.answers.list(limit) ?? [];
  const listed = answers.map((answer) => listingOf(answer, network));
  if (given.flag("json")) {
    terminal.write(`${JSON.stringify(listed, undefined, 2)}\n`);
    return;
  }
  if (listed.length === 0) {
    terminal.note("no receipts yet\n");
    return;
  }
  const rows = listed.map((row) => [
    row.id,
    row.acceptedAt,
    row.state,
    `${row.promptTokens} + ${row.completionTokens}`,
    formatTon(BigInt(row.amountNanotons)),
    row.tier,
    row.model,
  ]);
  terminal.write(
    formatTable([["RECEIPT", "AT", "STATE", "TOKENS", "TON", "TIER", "MODEL"], ...rows]),
  );
}

function listingOf(answer: ListedAnswer, { model }: LocalNetwork) {
  const { finishReason, manifestHash, tier, usage } = parseReceipt(answer.receipt);
  const hash = toHex(manifestHash);
  return {
    id: answer.request,
    acceptedAt: new Date(answer.acceptedAtMs).toISOString(),
    state: answer.state,
    amountNanotons: answer.amount.toString(),
    promptTokens: usage.promptTokens,
    completionTokens: usage.completionTokens,
    finishReason,
    tier,
    model: hash === model.manifestHash ? model.name : hash,
    channel: answer.channel,
  };
}

/** The proof file of the one receipt whose id begins so. Throws receipt_unknown. */
function exportProof(
  network: LocalNetwork,
  database: GatewayDatabase | undefined,
  id: string,
): string {
  return proofFileOf(network, findAnswer(database, id));
}

function findAnswer(database: GatewayDatabase | undefined, wanted: string): StoredAnswer {
  const id = wanted === "latest" ? newestIn(database) : wanted;
  const exact = database?.answers.find(id);
  if (exact !== undefined) return exact;
  const alike = (database?.answers.list(limitMax) ?? []).filter(({ request }) =>
    request.startsWith(id),
  );
  if (alike.length > 1) {
    throw new CocoonError("receipt_unknown", { id, reason: `${alike.length} begin so` });
  }
  const only = database?.answers.find(alike[0]?.request ?? "");
  if (only === undefined) throw new CocoonError("receipt_unknown", { id });
  return only;
}

function newestIn(database: GatewayDatabase | undefined): string {
  const [newest] = database?.answers.list(1) ?? [];
  if (newest === undefined) throw new CocoonError("receipt_unknown", { id: "latest" });
  return newest.request;
}
