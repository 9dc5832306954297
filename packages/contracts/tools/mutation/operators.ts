// How a Tolk source is broken on purpose, in the ways in which people break contracts.

import { codeOf, conditionsOf, type Span, statementsOf } from "./tolk-text.ts";

/** One change of one source. */
export type Edit = Span & { readonly text: string };

/** Replaces each match by each of these; `$1` and so on as in String.replace. */
type Swap = readonly [find: RegExp, ...replacements: readonly string[]];

const both = (one: string, other: string): readonly Swap[] => [
  [namesExactly(one), other],
  [namesExactly(other), one],
];

function namesExactly(name: string): RegExp {
  return new RegExp(`(?<![\\w.])${name.replaceAll(".", "\\.")}(?!\\w)`, "g");
}

const swaps: readonly Swap[] = [
  // Edges and directions of comparisons.
  [/ < /g, " <= ", " > "],
  [/ <= /g, " < ", " >= "],
  [/ > /g, " >= ", " < "],
  [/ >= /g, " > ", " <= "],
  [/ == /g, " != "],
  [/ != /g, " == "],
  // Arithmetic.
  [/ \+ /g, " - "],
  [/ - /g, " + "],
  [/ \* /g, " + "],
  [/ \/ /g, " * "],
  [/ % /g, " * "],
  [/ >> /g, " << "],
  [/ \+= /g, " -= ", " = "],
  [/ -= /g, " += ", " = "],
  [/(?<=[(,] ?)-(?=\w)/g, ""],
  [/\bmin\(/g, "max("],
  [/\bmax\(/g, "min("],
  // Logic.
  [/ && /g, " || "],
  [/ & /g, " | "],
  [/(?<=\)) \| (?=\()/g, " & "],
  [/!(?=\w)/g, ""],
  // How money is sent.
  [/\bSEND_MODE_\w+ \| (?=SEND_MODE)/g, ""],
  [/ \| SEND_MODE_\w+/g, ""],
  [/\bRESERVE_MODE_\w+ \| (?=RESERVE_MODE)/g, ""],
  [/ \| RESERVE_MODE_\w+/g, ""],
  [/\bSEND_MODE_PAY_FEES_SEPARATELY\b/g, "SEND_MODE_REGULAR"],
  [/\bSEND_MODE_CARRY_ALL_BALANCE\b/g, "SEND_MODE_CARRY_ALL_REMAINING_MESSAGE_VALUE"],
  [/\bRESERVE_MODE_EXACT_AMOUNT\b/g, "RESERVE_MODE_ALL_BUT_AMOUNT"],
  [/\bBounceMode\.NoBounce\b/g, "BounceMode.Only256BitsOfBody"],
  [/(?<=\b(?:dest|sender|reporter): )(?!create|address|contract)[\w.]+/g, "contract.getAddress()"],
  [/(?<=\bvalue: )(?!0|coins)[\w.]+(?=,)/g, "0"],
  // One field or key taken for another.
  ...both("params.payer", "params.payee"),
  ...both("st.claimed", "st.deposited"),
  ...both("self.current", "self.former"),
  ...both("msg.first", "msg.second"),
  ...both("first.root", "second.root"),
  ...both("first.size", "second.size"),
  ...both("difference.firstLeaf", "difference.secondLeaf"),
  ...both("difference.firstProof", "difference.secondProof"),
  ...both("params.closeDelay", "params.disputeDelay"),
  ...both("genesis.modelCount", "genesis.measurementCount"),
  ...both("state.modelCount", "state.measurementCount"),
  [namesExactly("pending.reporter"), "in.senderAddress"],
  // What a refusal says.
  [/(?<=\bErr\.)(?!UnknownOp)\w+/g, "UnknownOp"],
  [/(?<=\bErr\.)UnknownOp/g, "NotPayer"],
];

/** Statements that declare or return cannot be left out. */
const isNeeded = /^(?:val|var|return|const|type|global)\b/;

/** What a number may have been meant to be: floors and sizes half or double, all others one more. */
function otherNumbers(source: string, at: number, number: string): readonly string[] {
  const line = source.slice(source.lastIndexOf("\n", at) + 1, at);
  const value = BigInt(number);
  if (/^const (?:GAS_|\w+_(?:BITS|CELLS) )/.test(line)) return [`${value / 2n}`, `${value * 2n}`];
  return [number.startsWith("0x") ? `0x${(value + 1n).toString(16)}` : `${value + 1n}`];
}

/** But for the value of a message that carries all: nobody looks at it. */
function numberEdits(source: string, code: string): readonly Edit[] {
  const numbers = code.matchAll(/(?<![\w.])(?<!value: )(?:0x[0-9a-fA-F]+|\d+)\b/g);
  return [...numbers].flatMap((match) => {
    const span = { start: match.index, end: match.index + match[0].length };
    return otherNumbers(source, match.index, match[0]).map((text) => ({ ...span, text }));
  });
}

function enumEdits(code: string, enums: ReadonlyMap<string, readonly string[]>): readonly Edit[] {
  return [...code.matchAll(/\b([A-Z]\w*)\.([A-Z]\w*)\b/g)].flatMap((match) => {
    const [whole, name = "", member = ""] = match;
    const members = name === "Err" ? [] : (enums.get(name) ?? []);
    const next = members[(members.indexOf(member) + 1) % members.length];
    if (next === undefined) return [];
    return [{ start: match.index, end: match.index + whole.length, text: `${name}.${next}` }];
  });
}

function swapEdits(code: string): readonly Edit[] {
  return swaps.flatMap(([find, ...replacements]) =>
    [...code.matchAll(find)].flatMap((match) => {
      const span = { start: match.index, end: match.index + match[0].length };
      return replacements.map((text) => ({ ...span, text }));
    }),
  );
}

function dropEdits(code: string): readonly Edit[] {
  return statementsOf(code)
    .filter((span) => !isNeeded.test(code.slice(span.start, span.end)))
    .map((span) => ({ ...span, text: "" }));
}

function conditionEdits(code: string): readonly Edit[] {
  const always = (spans: readonly Span[], text: string) => spans.map((span) => ({ ...span, text }));
  return [
    ...always(conditionsOf(code, "if"), "true"),
    ...always(conditionsOf(code, "if"), "false"),
    ...always(conditionsOf(code, "while"), "false"),
  ];
}

/** Every way to break this source, in its order; the enums are those of all sources. */
export function editsOf(
  source: string,
  enums: ReadonlyMap<string, readonly string[]>,
): readonly Edit[] {
  const code = codeOf(source);
  const edits = [
    ...swapEdits(code),
    ...numberEdits(source, code),
    ...enumEdits(code, enums),
    ...dropEdits(code),
    ...conditionEdits(code),
  ];
  const different = new Map(
    edits
      .map((edit) => [applyEdit(source, edit), edit] as const)
      .filter(([text]) => text !== source)
      .toReversed(),
  );
  return [...different.values()].toSorted((left, right) => left.start - right.start);
}

/** The source with one edit made. */
export function applyEdit(source: string, { start, end, text }: Edit): string {
  return source.slice(0, start) + text + source.slice(end);
}
