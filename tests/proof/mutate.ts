// Random changes of a proof file: of its text, and of what the text says.

import { fromBase64, fromHex, toBase64, toHex } from "@cocoon/protocol";
import type { Chance } from "./chance.ts";
import { edited, type Leaf, leavesOf } from "./tamper.ts";

/** Another text for a file, at random. The other file is of the same state and another answer. */
export function mutate(text: string, other: string, chance: Chance): string {
  return chance.pick(mutators)(text, other, chance);
}

type Mutator = (text: string, other: string, chance: Chance) => string;

/** Values are changed more often than spelling: most of the latter are refused by the reader. */
const mutators: readonly Mutator[] = [
  changeValue,
  changeValue,
  changeValue,
  changeValue,
  changeValue,
  takeOthers,
  takeOthers,
  changeList,
  changeCharacter,
  changeSpelling,
];

function changeValue(text: string, _other: string, chance: Chance): string {
  const { path, value } = pickLeaf(text, chance);
  return edited(text, path, changed(value, chance));
}

/** Evidence is most of a file: each place is as likely as any other, and its size does not matter. */
function pickLeaf(text: string, chance: Chance): Leaf {
  return chance.pick(leavesOf(text));
}

function changed(value: string | number, chance: Chance): string | number {
  if (typeof value === "number") return changedNumber(value, chance);
  const bytes = fromHex(value);
  if (bytes !== undefined && bytes.length > 0) return toHex(changedBytes(bytes, chance));
  const decoded = value.length > 64 ? fromBase64(value) : undefined;
  if (decoded !== undefined) return toBase64(changedBytes(decoded, chance));
  return changedText(value, chance);
}

function changedNumber(value: number, chance: Chance): number {
  const sign = chance.pick([1, -1]);
  return chance.pick([value + sign, value + sign * 2 ** chance.below(52), 0, -value, 2 ** 53]);
}

function changedBytes(bytes: Uint8Array, chance: Chance): Uint8Array {
  const at = chance.below(bytes.length);
  const old = bytes[at] ?? 0;
  switch (chance.below(6)) {
    case 0:
      return bytes.subarray(0, at);
    case 1:
      return Uint8Array.of(...bytes, chance.below(256));
    case 2: {
      const copy = Uint8Array.from(bytes);
      copy.set(chance.bytes(Math.min(8, bytes.length - at)), at);
      return copy;
    }
    default:
      return bytes.with(at, old ^ (1 << chance.below(8)));
  }
}

function changedText(text: string, chance: Chance): string {
  const at = chance.below(text.length + 1);
  const lines = text.split("\n");
  switch (chance.below(4)) {
    case 0:
      return text.slice(0, at) + text.slice(at + 1);
    case 1:
      return text.slice(0, at) + character(chance) + text.slice(at);
    case 2:
      return lines.toSpliced(chance.below(lines.length), 1).join("\n");
    default:
      return text.slice(0, at) + character(chance) + text.slice(at + 1);
  }
}

const characters = Array.from('0123456789abcdefghijKLMNOPQRS+/=-_" ,:{}[]\\\n\t—é\u0000');

function character(chance: Chance): string {
  return chance.pick(characters);
}

/** The same value of another answer's file: whole, signed, and of the wrong answer. */
function takeOthers(text: string, other: string, chance: Chance): string {
  const leaf = pickLeaf(text, chance);
  const name = leaf.path.join(".");
  const theirs = leavesOf(other).find(({ path }) => path.join(".") === name);
  return edited(text, leaf.path, theirs?.value ?? changed(leaf.value, chance));
}

const lists: readonly (readonly (string | number)[])[] = [
  ["log", "proof", "inclusion"],
  ["disclosure", "digests"],
  ["disclosure", "fields"],
  ["policy", "measurements"],
  ["policy", "models"],
];

/** One item of a list less, twice, or in another place. To open less is everybody's right: it makes another file that holds. */
function changeList(text: string, other: string, chance: Chance): string {
  const path = chance.pick(lists);
  const list = valueAt(JSON.parse(text), path);
  if (!Array.isArray(list) || list.length === 0) return changeValue(text, other, chance);
  const from = chance.below(list.length);
  const item: unknown = list[from];
  const less: unknown[] = list.toSpliced(from, 1);
  const to = chance.below(list.length);
  const changes = [list.toSpliced(from, 0, item), less.toSpliced(to, 0, item)];
  return edited(text, path, chance.pick(path.includes("fields") ? changes : [...changes, less]));
}

function valueAt(json: unknown, [step, ...rest]: readonly (string | number)[]): unknown {
  if (step === undefined || typeof json !== "object" || json === null) return json;
  return valueAt(Object.entries(json).find(([name]) => name === String(step))?.[1], rest);
}

function changeCharacter(text: string, _other: string, chance: Chance): string {
  const at = chance.below(text.length);
  const put = chance.pick(["", character(chance), character(chance) + (text[at] ?? "")]);
  return text.slice(0, at) + put + text.slice(at + 1);
}

/** What JSON lets anybody write otherwise. */
function changeSpelling(text: string, _other: string, chance: Chance): string {
  const members = [...text.matchAll(/"[A-Za-z]+":/g)];
  const { index, 0: member } = chance.pick(members);
  const end = index + member.length;
  return chance.pick([
    `${text.slice(0, index)}"more":1,${text.slice(index)}`,
    `${text.slice(0, index)}${member}null,${text.slice(index)}`,
    `${text.slice(0, index)}"\\u00${toHex(Uint8Array.of(member.charCodeAt(1)))}${text.slice(index + 2)}`,
    `${text.slice(0, end)}[],${text.slice(end)}`,
    text.replace(/:(\d+)/, ":$1.0"),
    text.replace(/:(\d+)/, ":0$1"),
    reordered(text),
    `${text}${chance.pick(["{}", "x", "\u00a0", ","])}`,
    `\ufeff${text}`,
    text.slice(0, index),
  ]);
}

function reordered(text: string): string {
  const entries = Object.entries(JSON.parse(text) as object); // oxlint-disable-line no-unsafe-type-assertion -- a file is an object
  return JSON.stringify(Object.fromEntries(entries.toReversed()));
}
