// What must have come true when the faults are over and everything had its time: each wait is for a condition, and what
// still is not so at the deadline is a fault of the product.

import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { parseProofFile, readChannel, verifyProofFile } from "@cocoon/sdk";
import { roleNames } from "../../packages/cli/src/home.ts";
import { profilesOf } from "../../packages/cli/src/network/trust.ts";
import { askGateway, type Network } from "../network/network.ts";
import { integer, readBooks, readGateway, readRows, type Row, sumOf } from "./books.ts";
import { readVitals } from "./vitals.ts";

const deadlineMs = 180_000;
/** So many proofs are verified in full, the newest first; all must be anchored. */
const proofsMax = 25;
/** Connections that a role at rest may hold: its peers, its chain, its listeners, what a keep-alive still holds. */
const idleHandlesMax = 64;
/** Of one kind: a bug says the same of every answer. */
const sentencesMax = 20;
const memoryBytesMax = 700 * 1_048_576;

/** One sentence for each thing that did not come true. */
export async function reckon(network: Network): Promise<string[]> {
  const faults: string[] = [];
  const expect = async (what: string, look: () => Promise<string | undefined>): Promise<void> => {
    const left = await until(look);
    if (left !== undefined) faults.push(`${what}: ${left}`);
  };
  await expect("the books agree", () => Promise.resolve(disagreement(network)));
  await expect("every receipt is anchored", () => Promise.resolve(unanchored(network)));
  await expect("roles at rest let go of what they held", () => Promise.resolve(held(network)));
  faults.push(...checkAnswers(network), ...checkCharges(network), ...(await checkProofs(network)));
  faults.push(...findText(network));
  return faults;
}

/** What a look finds wrong at last, or undefined once it finds nothing. */
export async function until(look: () => Promise<string | undefined>): Promise<string | undefined> {
  const deadline = performance.now() + deadlineMs;
  for (;;) {
    const wrong = await look().catch((error: unknown) => String(error));
    if (wrong === undefined || performance.now() > deadline) return wrong;
    await new Promise((resolve) => {
      setTimeout(resolve, 100);
    });
  }
}

/** Client, proxy and workers have the same sums, nothing is open, and everything is vouchered. */
function disagreement({ home }: Network): string | undefined {
  const gateway = readGateway(home);
  const proxy = readBooks(home, "proxy");
  const workers = [readBooks(home, "worker-1"), readBooks(home, "worker-2")];
  if (gateway === undefined || proxy === undefined) return "no books";
  const earned = workers.flatMap((books) => books?.incoming ?? []);
  const sums: Readonly<Record<string, readonly [bigint, bigint]>> = {
    "spent and posted": [gateway.spent, sumOf(proxy.incoming, "posted")],
    "spent and vouchered": [gateway.spent, sumOf(proxy.incoming, "vouchered")],
    "pending at the proxy": [0n, sumOf(proxy.incoming, "pending")],
    "owed and earned": [sumOf(proxy.outgoing, "owed"), sumOf(earned, "posted")],
    "owed and vouchered": [sumOf(proxy.outgoing, "owed"), sumOf(earned, "vouchered")],
    "pending at the workers": [0n, sumOf(earned, "pending")],
  };
  const wrong = Object.entries(sums).find(([, [left, right]]) => left !== right);
  return wrong && `${wrong[0]}: ${wrong[1].join(" and ")}`;
}

function unanchored({ home }: Network): string | undefined {
  const [left] = readRows(
    home,
    "gateway",
    "SELECT count(*) AS count FROM answers WHERE state != 'anchored'",
  );
  return left?.["count"] === 0n ? undefined : `${left?.["count"]} are not`;
}

function held({ roles }: Network): string | undefined {
  for (const { name, pid } of Object.values(roles)) {
    const vitals = pid === undefined ? undefined : readVitals(pid);
    if (vitals === undefined) return `${name} is not there`;
    if (vitals.handles > idleHandlesMax) return `${name} holds ${vitals.handles} file handles`;
    if (vitals.memoryBytes > memoryBytesMax) return `${name} holds ${vitals.memoryBytes} bytes`;
  }
  return undefined;
}

/** Every acknowledged answer has one receipt, and no two share one. */
function checkAnswers({ home, load }: Network): string[] {
  const known = new Map<string, number>();
  const rows = readRows(home, "gateway", "SELECT request, announced_as FROM answers");
  for (const row of rows) {
    const id = String(row["announced_as"] ?? row["request"]);
    known.set(id, (known.get(id) ?? 0) + 1);
  }
  const told = new Set<string>();
  return load.acknowledged.flatMap(({ prompt, receipt }) => {
    const isDouble = told.has(receipt);
    told.add(receipt);
    if (isDouble) return [`two answers were acknowledged under the receipt ${receipt}`];
    const count = known.get(receipt) ?? 0;
    return count === 1 ? [] : [`answer ${prompt.slice(-12)} has ${count} receipts ${receipt}`];
  });
}

/** By request id: what the client stored, what the proxy charged, what stands in the log. */
function checkCharges({ home }: Network): string[] {
  const answers = byRequest(readRows(home, "gateway", "SELECT request, amount FROM answers"));
  const charges = byRequest(readRows(home, "proxy", "SELECT request, amount, state FROM charges"));
  const leaves = byRequest(readRows(home, "proxy", "SELECT request, leaf_index FROM log_leaves"));
  return [...faultsOfAnswers(answers, charges), ...faultsOfCharges(charges, answers, leaves)].slice(
    0,
    sentencesMax,
  );
}

type Rows = ReadonlyMap<string, Row>;

function faultsOfAnswers(answers: Rows, charges: Rows): string[] {
  return [...answers].flatMap(([request, answer]) => {
    const charge = charges.get(request);
    if (charge?.["state"] !== "posted") return [`${request} is stored, and ${charge?.["state"]}`];
    const isSame = charge["amount"] === answer["amount"];
    return isSame ? [] : [`${request} is charged otherwise than stored`];
  });
}

function faultsOfCharges(charges: Rows, answers: Rows, leaves: Rows): string[] {
  const faults = [...charges].flatMap(([request, { state }]) => [
    ...(state === "posted" && !answers.has(request) ? [`${request} is posted, not stored`] : []),
    ...(leaves.has(request) ? [] : [`${request} is charged and not in the log`]),
  ]);
  const places = new Set([...leaves.values()].map((row) => integer(row["leaf_index"])));
  const isWhole = places.size === 0 || places.has(BigInt(places.size - 1));
  return [
    ...faults,
    ...(isWhole ? [] : ["the log has a gap"]),
    ...(leaves.size === charges.size ? [] : [`${leaves.size} leaves for ${charges.size} charges`]),
  ];
}

function byRequest(rows: readonly Row[]): Map<string, Row> {
  return new Map(rows.map((row) => [String(row["request"]), row]));
}

async function checkProofs(network: Network): Promise<string[]> {
  const { plan, load } = network;
  const profiles = await profilesOf(plan.network.networkId);
  const faults: string[] = [];
  for (const { receipt } of load.acknowledged.slice(-proofsMax)) {
    const response = await fetch(`http://127.0.0.1:${plan.ports.gateway}/v1/receipts/${receipt}`, {
      headers: { connection: "close" },
    });
    const text = await response.text();
    if (!response.ok) {
      faults.push(`no proof for ${receipt}: ${response.status}`);
      continue;
    }
    const verdict = await verifyProofFile(parseProofFile(text), {
      profiles,
      nowMs: Date.now(),
      network: plan.network,
      chain: plan.chain,
    });
    if (verdict.holds && verdict.state === "anchored") continue;
    const failed = verdict.checks.filter(({ status }) => status !== "holds").map(({ id }) => id);
    faults.push(
      `the proof of ${receipt} is ${verdict.state}, and these do not hold: ${failed.join(", ")}`,
    );
  }
  return faults;
}

/** No prompt and no answer in any file, nor on any wire. */
function findText({ home, leaks, watch }: Network): string[] {
  const faults = [...leaks].map((edge) => `text on the wire ${edge}`);
  for (const name of readdirSync(home, { recursive: true, encoding: "utf8" })) {
    const path = join(home, name);
    if (statSync(path).isFile() && watch.isIn(readFileSync(path))) faults.push(`text in ${name}`);
  }
  return faults;
}

/** Nor in the memory of who only carries them. */
export async function findTextInMemory({ roles, watch }: Network): Promise<string[]> {
  const faults: string[] = [];
  for (const name of ["proxy", "devnet"] as const) {
    const { pid } = roles[name];
    if (pid !== undefined && (await watch.isInMemoryOf(pid)) === true)
      faults.push(`text in the memory of ${name}`);
  }
  return faults;
}

/** Everything that was spent, and nothing else, is what the chain pays when the channels are closed. */
export async function closeChannels(network: Network): Promise<string[]> {
  const { home, plan } = network;
  const spent = readGateway(home)?.spent ?? 0n;
  const open = "SELECT address FROM incoming_channels WHERE phase = 'open'";
  const faults: string[] = [];
  let paid = 0n;
  for (const { address } of readRows(home, "proxy", open)) {
    const refusal = await until(async () => {
      const closed = await askGateway(network, `/v1/channels/${String(address)}/close`, {});
      if (!closed.has("paidNanotons")) return closed.object("error").string("code");
      paid += closed.nanotons("paidNanotons");
      return undefined;
    });
    if (refusal !== undefined) faults.push(`a channel cannot be closed: ${refusal}`);
  }
  if (paid !== spent) faults.push(`the chain paid ${paid}, spent were ${spent}`);
  for (const row of readRows(home, "proxy", "SELECT address, owed FROM outgoing_channels")) {
    const state = await readChannel(plan.chain, String(row["address"]));
    if (state !== undefined && state.claimed > integer(row["owed"])) {
      faults.push(`a worker took ${state.claimed} and earned ${integer(row["owed"])}`);
    }
  }
  return faults;
}

/** Roles that are not up. */
export function missingRoles({ roles }: Network): readonly string[] {
  return roleNames.filter((name) => roles[name].pid === undefined);
}
