// A verdict for people, and for machines.

import { formatTon, textOf } from "@cocoon/protocol";
import type { Check, ProofFacts, ProofFile, Verdict } from "@cocoon/sdk";
import { printable, type Terminal } from "../terminal.ts";

/** Of one opened field; the file holds the rest. */
const shownLengthMax = 4_000;

/** Prints what a proof is about, each check with what it proves, and what it all comes to. */
export function showVerdict(verdict: Verdict, terminal: Terminal): void {
  const { facts, checks } = verdict;
  if (facts !== undefined) terminal.write(formatFacts(facts));
  for (const check of checks) terminal.write(formatCheck(check, terminal));
  terminal.write(`\n${conclusionOf(verdict, terminal)}\n`);
}

/** Prints what the file opens of the answer, where the worker did commit to it. */
export function showOpened({ disclosure }: ProofFile, verdict: Verdict, terminal: Terminal): void {
  const isOpened = verdict.checks.some(
    ({ id, status }) => id === "disclosure" && status === "holds",
  );
  if (!isOpened) return;
  for (const { name, value } of disclosure?.fields ?? []) {
    terminal.write(`\n${terminal.style.bold(name)}\n${indented(shownOf(name, value))}\n`);
  }
}

/** Token ids are numbers, four bytes each, and no text. */
function shownOf(name: string, value: Uint8Array): string {
  const text = name.endsWith("_token_ids") ? undefined : textOf(value);
  if (text === undefined) return `${value.length} bytes`;
  const whole = printable(text);
  if (whole.length <= shownLengthMax) return whole;
  return `${whole.slice(0, shownLengthMax)}…\n(${whole.length - shownLengthMax} more characters in the file)`;
}

function indented(text: string): string {
  return text.replaceAll(/^/gm, "  ");
}

/** The verdict as JSON; amounts are decimal texts. */
export function verdictJson(verdict: Verdict): string {
  const plain = (_name: string, value: unknown): unknown =>
    typeof value === "bigint" ? value.toString() : value;
  return `${JSON.stringify(verdict, plain, 2)}\n`;
}

function formatFacts(facts: ProofFacts): string {
  const { amountNanotons, finishedAtMs, model, networkId, request, root, tier, usage, worker } =
    facts;
  const simulated = facts.simulated === true ? ", SIMULATED" : "";
  return `Receipt ${request}
  ${timeOf(finishedAtMs)}, ${usage.promptTokens} + ${usage.completionTokens} tokens, ${formatTon(amountNanotons)} TON
  model   ${model.name ?? "unlisted"} (${model.manifestHash})
  worker  ${worker ?? "unreadable"}, tier ${tier}${simulated}
  network ${networkId}, root contract ${root}

`;
}

/** A receipt may name a time that no calendar has. */
function timeOf(unixMs: number): string {
  const time = new Date(unixMs);
  return Number.isNaN(time.getTime()) ? `${unixMs} ms` : time.toISOString();
}

function formatCheck({ code, detail, proves, status, title }: Check, { style }: Terminal): string {
  const mark = { holds: style.good("✓"), fails: style.bad("✗"), unknown: "?" }[status];
  const found = [code, detail].filter((text) => text !== undefined).join(": ");
  return `${mark} ${style.bold(title)}\n  ${proves}\n  ${style.dim(found)}\n`;
}

function conclusionOf({ checks, holds, state }: Verdict, { style }: Terminal): string {
  const failing = checks.filter(({ status }) => status === "fails").length;
  if (failing > 0)
    return style.bad(`It does not hold: ${failing} of ${checks.length} checks fail.`);
  if (!holds) return style.bad("It is not proven: a check that needs no chain could not be made.");
  const open = checks.filter(({ status }) => status === "unknown").length;
  if (open === 0) return `${style.good("It holds.")} The receipt is ${state}.`;
  return `${style.good("What could be checked holds.")} By the file, the receipt is ${state}; ${open} checks need the chain and were not made.`;
}
