// A verdict as elements. Texts of a file are set as text, never as markup.

import { type CocoonError, formatTon, operatorNotice, textOf } from "@cocoon/protocol";
import type { Check, ProofFacts, ProofFile, Verdict } from "@cocoon/sdk";

const marks = { holds: "✓", fails: "✗", unknown: "?" } as const;

export function showVerdict(place: HTMLElement, file: ProofFile, verdict: Verdict): void {
  const { facts, checks } = verdict;
  place.replaceChildren(conclusionOf(verdict));
  if (facts !== undefined) place.append(make("h2", "What it is about"), factsOf(facts));
  const isOpened = checks.some(({ id, status }) => id === "disclosure" && status === "holds");
  if (isOpened) place.append(make("h2", "What is opened of it"), ...openedOf(file));
  const list = make("ul");
  list.append(...checks.map(checkOf));
  place.append(make("h2", "What was checked"), list);
}

export function showRefusal(place: HTMLElement, { code, message }: CocoonError): void {
  const verdict = make("p", "This cannot be verified.", "verdict fails");
  verdict.dataset["verdict"] = code;
  verdict.append(make("small", message));
  place.replaceChildren(verdict);
}

function conclusionOf(verdict: Verdict): HTMLElement {
  const { checks, facts, holds, state } = verdict;
  const open = checks.filter(({ status }) => status === "unknown").length;
  const isSimulated = facts?.simulated === true;
  const notice = facts && operatorNotice(facts.tier);
  const [text, kind] = titleOf(verdict);
  const element = make("p", text, `verdict ${kind}`);
  element.dataset["verdict"] = holds ? "holds" : "fails";
  const small = [
    ...(isSimulated
      ? ["Anybody could make such evidence: it shows how this works, and protects nothing."]
      : notice === undefined
        ? []
        : [notice]),
    ...(holds ? [`By the file, the receipt is ${state}.`] : []),
    ...(open > 0 ? [`${open} checks were not made.`] : []),
  ];
  if (small.length > 0) element.append(make("small", small.join(" ")));
  return element;
}

/** What is said first, and how it looks: only what hardware vouches for looks as if all were well. */
function titleOf({ checks, facts, holds }: Verdict): readonly [text: string, kind: string] {
  if (!holds) {
    const failing = checks.filter(({ status }) => status === "fails").length;
    return [`It does not hold: ${failing} of ${checks.length} checks fail.`, "fails"];
  }
  if (facts?.simulated === true) return ["It holds, and its evidence is simulated.", "unknown"];
  if (facts !== undefined && operatorNotice(facts.tier) !== undefined) {
    return ["It holds, and nobody vouches for the worker's machine.", "unknown"];
  }
  return ["It holds.", "holds"];
}

function factsOf(facts: ProofFacts): HTMLElement {
  const { usage, model } = facts;
  const rows: readonly (readonly [string, string])[] = [
    ["Receipt", facts.request],
    ["When", timeOf(facts.finishedAtMs)],
    ["Model", `${model.name ?? "unlisted"} (${model.manifestHash})`],
    ["Worker", `${facts.worker ?? "unreadable"}, tier ${facts.tier}`],
    ["Tokens", `${usage.promptTokens} + ${usage.completionTokens}`],
    ["Cost", `${formatTon(facts.amountNanotons)} TON`],
    ["Network", `${facts.networkId}, root contract ${facts.root}`],
    ["Log", facts.bond],
    ...(facts.anchor ? [["Anchor", `transaction ${facts.anchor.transaction}`] as const] : []),
  ];
  const list = make("dl");
  for (const [name, value] of rows) list.append(make("dt", name), make("dd", value));
  return list;
}

/** A receipt may name a time that no calendar has. */
function timeOf(unixMs: number): string {
  const time = new Date(unixMs);
  return Number.isNaN(time.getTime()) ? `${unixMs} ms` : time.toISOString();
}

function openedOf({ disclosure }: ProofFile): HTMLElement[] {
  return (disclosure?.fields ?? []).flatMap(({ name, value }) => {
    const text = name.endsWith("_token_ids") ? undefined : textOf(value);
    return [make("p", name, "soft"), make("pre", text ?? `${value.length} bytes`)];
  });
}

function checkOf({ code, detail, id, proves, provesNot, status, title }: Check): HTMLElement {
  const item = make("li", "", `check ${status}`);
  item.dataset["check"] = id;
  item.dataset["status"] = status;
  const body = make("div");
  body.append(make("b", title), make("p", proves));
  if (provesNot !== undefined) body.append(make("p", `Not: ${provesNot}`, "soft"));
  const found = [code, detail].filter((text) => text !== undefined).join(": ");
  if (found !== "") body.append(make("p", found, "soft"));
  item.append(make("span", marks[status]), body);
  return item;
}

function make(tag: string, text = "", className = ""): HTMLElement {
  const element = document.createElement(tag);
  element.textContent = text;
  if (className !== "") element.className = className;
  return element;
}
