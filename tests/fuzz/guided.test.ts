// The same parsers, led by what ran: an input that reaches code which none before it reached is kept and changed further.
// FUZZ_SECONDS=60 npm test -- tests/fuzz/guided, that long for each parser; without it there is nothing here.

import { CocoonError } from "@cocoon/protocol";
import * as fc from "fast-check";
import assert from "node:assert/strict";
import { test } from "node:test";
import { changed, changes } from "./change.ts";
import { Coverage } from "./coverage.ts";
import type { ForeignParser } from "./parsers.ts";

const seconds = Number(process.env["FUZZ_SECONDS"] ?? "0");
/** Inputs between two looks; only when a look finds something new are they run one by one. */
const batch = 48;

if (seconds > 0) await define();

/** Blocks are told only of code that is loaded after coverage has begun. */
async function define(): Promise<void> {
  const coverage = await Coverage.start();
  const { foreignParsers } = await import("./parsers.ts");
  for (const parser of foreignParsers) defineOne(parser, coverage);
}

function defineOne(parser: ForeignParser, coverage: Coverage): void {
  test(`the parser of a ${parser.name} throws nothing but a code, wherever coverage leads`, async (context) => {
    const { blocks, corpus, runs } = await explore(parser, coverage);
    context.diagnostic(
      `${runs} runs, ${blocks} blocks, ${corpus} inputs kept beside ${parser.seeds.length} seeds`,
    );
  });
}

type Explored = { readonly runs: number; readonly blocks: number; readonly corpus: number };

async function explore({ parse, seeds }: ForeignParser, coverage: Coverage): Promise<Explored> {
  const corpus = [...seeds];
  const known = new Set<string>();
  for (const seed of seeds) run(parse, seed);
  for (const block of await coverage.look()) known.add(block);
  const endMs = performance.now() + 1_000 * seconds;
  let runs = 0;
  while (performance.now() < endMs) {
    const inputs = fc.sample(fc.tuple(fc.nat(), changes), batch).map(([pick, all]) => {
      return changed(corpus[pick % corpus.length] ?? new Uint8Array(), all);
    });
    for (const input of inputs) run(parse, input);
    runs += inputs.length;
    if (!(await coverage.look()).some((block) => !known.has(block))) continue;
    for (const input of inputs) {
      run(parse, input);
      const fresh = (await coverage.look()).filter((block) => !known.has(block));
      if (fresh.length > 0) corpus.push(input);
      for (const block of fresh) known.add(block);
    }
  }
  return { runs, blocks: known.size, corpus: corpus.length - seeds.length };
}

function run(parse: ForeignParser["parse"], bytes: Uint8Array): void {
  try {
    parse(bytes.slice());
  } catch (error) {
    assert.ok(
      error instanceof CocoonError,
      `${String(error)} for ${Buffer.from(bytes).toString("hex").slice(0, 20_000)}`,
    );
  }
}
