import { CocoonError } from "@cocoon/protocol";
import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { temporaryFolder } from "../../testing/temporary.ts";
import { type Journal, openJournal } from "./journal.ts";
import type { JournalMark } from "./journal-mark.ts";
import { formatLine } from "./line.ts";

const start: JournalMark = { offsets: [], sizeBytes: 0 };

/** Opens a journal, closes it again, and returns what was replayed. */
async function replayed(path: string, mark = start): Promise<string[]> {
  const texts: string[] = [];
  const journal = await openJournal(path, mark, (text) => texts.push(text));
  await journal.close();
  return texts;
}

/** A journal of these texts, each acknowledged before the next. */
async function write(path: string, texts: readonly string[]): Promise<JournalMark> {
  const journal = await openJournal(path, start, () => undefined);
  for (const text of texts) await journal.append(text).durable;
  await journal.close();
  return journal.mark();
}

const isCorrupt = (error: unknown) =>
  error instanceof CocoonError && error.code === "storage_corrupt";

test("openJournal() refuses a journal whose acknowledged record is damaged", async (context) => {
  const path = join(await temporaryFolder(context), "journal");
  await write(path, ["one", "two", "three", "four"]);
  const bytes = await readFile(path);
  for (const text of ["one", "two", "three"]) {
    const damaged = Buffer.from(bytes);
    damaged[damaged.indexOf(text)] = 88;
    await writeFile(path, damaged);
    await assert.rejects(replayed(path), isCorrupt, text);
    assert.deepEqual(await readFile(path), damaged);
  }
});

test("openJournal() refuses a journal whose acknowledged record is missing", async (context) => {
  const path = join(await temporaryFolder(context), "journal");
  await write(path, ["one", "two", "three", "four"]);
  const lines = (await readFile(path, "utf8")).split("\n");
  await writeFile(path, lines.toSpliced(1, 1).join("\n"));
  await assert.rejects(replayed(path), isCorrupt);
});

test("openJournal() forgets a torn tail, wherever it was torn, and goes on from there", async (context) => {
  const path = join(await temporaryFolder(context), "journal");
  const mark = await write(path, ["one", "two", "three"]);
  const bytes = await readFile(path);
  for (let length = mark.offsets[2] ?? 0; length < bytes.length; length += 1) {
    await writeFile(path, bytes.subarray(0, length));
    assert.deepEqual(await replayed(path), ["one", "two"]);
  }
  const journal = await openJournal(path, start, () => undefined);
  await journal.append("drei").durable;
  await journal.close();
  assert.deepEqual(await replayed(path), ["one", "two", "drei"]);
});

test("openJournal() forgets what follows a hole that no later record vouches for", async (context) => {
  const path = join(await temporaryFolder(context), "journal");
  await write(path, ["one"]);
  const bytes = await readFile(path);
  const hole = Buffer.alloc(40, 0);
  hole[39] = 10;
  const together = formatLine({ sequence: 2, durableCount: 1, text: "three" });
  await writeFile(path, Buffer.concat([bytes, hole, together]));
  assert.deepEqual(await replayed(path), ["one"]);
  const later = formatLine({ sequence: 3, durableCount: 3, text: "four" });
  await writeFile(path, Buffer.concat([bytes, hole, together, later]));
  await assert.rejects(replayed(path), isCorrupt);
});

test("openJournal() replays only what follows the mark, and refuses the mark of another journal", async (context) => {
  const path = join(await temporaryFolder(context), "journal");
  const journal = await openJournal(path, start, () => undefined);
  await journal.append("one").durable;
  const mark = journal.mark();
  await journal.append("two").durable;
  const end = journal.mark();
  await journal.close();
  assert.deepEqual(await replayed(path, mark), ["two"]);
  assert.deepEqual(await replayed(path, end), []);
  await assert.rejects(replayed(path, { ...end, sizeBytes: end.sizeBytes + 1 }), isCorrupt);
  await assert.rejects(replayed(path, { ...mark, sizeBytes: mark.sizeBytes - 1 }), isCorrupt);
});

test("append() in one turn shares one sync, and read() gives back each record", async (context) => {
  const path = join(await temporaryFolder(context), "journal");
  const journal = await openJournal(path, start, () => undefined);
  context.after(() => journal.close());
  const texts = Array.from({ length: 100 }, (_, index) => `record ${index} \u{1f95a}`);
  const appended = texts.map((text) => journal.append(text));
  assert.equal(new Set(appended.map(({ durable }) => durable)).size, 1);
  assert.deepEqual(await readAll(journal), texts);
  await journal.settled();
  assert.deepEqual(await readAll(journal), texts);
});

test("append() rejects for ever once the disk has failed", async (context) => {
  const path = join(await temporaryFolder(context), "journal");
  const journal = await openJournal(path, start, () => undefined);
  await journal.append("one").durable;
  await journal.close();
  const isFailure = (error: unknown) =>
    error instanceof CocoonError && error.code === "storage_failed";
  await assert.rejects(journal.append("two").durable, isFailure);
  await assert.rejects(journal.append("three").durable, isFailure);
  await assert.rejects(journal.settled(), isFailure);
  assert.deepEqual(await replayed(path), ["one"]);
});

function readAll(journal: Journal): Promise<string[]> {
  return Promise.all(Array.from({ length: journal.count }, (_, index) => journal.read(index)));
}
