import { CocoonError } from "@cocoon/protocol";
import assert from "node:assert/strict";
import { access, cp, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { temporaryFolder } from "../../testing/temporary.ts";
import { openTestLedger, withTestLedger } from "../../testing/test-ledger.ts";
import { createTestWallet } from "../../testing/wallet.ts";
import type { Ledger } from "./ledger.ts";
import { formatLine } from "./line.ts";

const alice = createTestWallet(1);
const bob = createTestWallet(2);
const ton = 1_000_000_000n;

/** Everything that a chain shows, as plain values. */
async function shown(ledger: Ledger): Promise<unknown> {
  const { rows, blocks } = ledger.history;
  return {
    blocks,
    rows,
    minted: ledger.minted,
    now: ledger.nowSeconds(),
    transactions: await Promise.all(rows.map((row) => ledger.transaction(row))),
    accounts: [...ledger.addresses()].map((address) => [address, ledger.account(address).lastHash]),
    balances: [...ledger.addresses()].map((address) => ledger.account(address).balanceNanotons),
    pages: [...ledger.addresses()].map((address) => ledger.history.page(address, { countMax: 9 })),
  };
}

/** Mints, sends some transfers with a block after each second one, and moves the clock. */
async function fill(ledger: Ledger, firstSeqno = 0): Promise<void> {
  await ledger.mint(alice.address, 10n * ton);
  for (const step of [0, 1, 2, 3, 4]) {
    const transfers = [{ to: bob.address, nanotons: ton }];
    await ledger.send(await alice.sign(firstSeqno + step, transfers));
    if (step % 2 === 1) ledger.seal();
  }
  await ledger.advanceTime(60);
}

function shownAt(home: string): Promise<unknown> {
  return withTestLedger({ home }, shown);
}

/** A filled chain's folder as a crash would leave it, and what the chain showed. */
async function crashed(context: TestContext): Promise<{ home: string; before: unknown }> {
  const folder = await temporaryFolder(context);
  const running = join(folder, "running");
  const home = join(folder, "crashed");
  const before = await withTestLedger({ home: running }, async (ledger) => {
    await fill(ledger);
    await cp(running, home, { recursive: true });
    return shown(ledger);
  });
  return { home, before };
}

/** The same for a chain that was stopped, so has a snapshot, and filled again before the crash. */
async function crashedAfterSnapshot(
  context: TestContext,
): Promise<{ home: string; before: unknown }> {
  const { home: running } = await crashed(context);
  const home = `${running}-again`;
  await withTestLedger({ home: running }, shown);
  const before = await withTestLedger({ home: running }, async (ledger) => {
    await fill(ledger, 5);
    await cp(running, home, { recursive: true });
    return shown(ledger);
  });
  await access(join(home, "snapshot"));
  return { home, before };
}

const isCorrupt = (error: unknown) =>
  error instanceof CocoonError && error.code === "storage_corrupt";

test("Ledger.open() after a stop shows what was shown before it", async (context) => {
  const home = await temporaryFolder(context);
  const before = await withTestLedger({ home }, async (ledger) => {
    await fill(ledger);
    ledger.seal();
    return shown(ledger);
  });
  assert.deepEqual(await shownAt(home), before);
});

test("Ledger.open() after a crash shows all that was acknowledged", async (context) => {
  const { home, before } = await crashed(context);
  assert.deepEqual(await shownAt(home), before);
});

test("Ledger.open() seals what a crash left without a block", async (context) => {
  const { home } = await crashed(context);
  await withTestLedger({ home, blockMs: 0 }, (ledger) => {
    assert.equal(ledger.history.openCount, 0);
    return Promise.resolve();
  });
});

test("Ledger.open() with a snapshot shows the same as with the journal alone", async (context) => {
  const { home, before } = await crashedAfterSnapshot(context);
  await access(join(home, "snapshot"));
  const alone = `${home}-alone`;
  await cp(home, alone, { recursive: true });
  await rm(join(alone, "snapshot"));
  assert.deepEqual(await shownAt(home), before);
  assert.deepEqual(await shownAt(alone), before);
});

test("proveAccount() after a restart proves what is there, and nothing of the blocks before", async (context) => {
  const { home } = await crashed(context);
  await withTestLedger({ home }, (ledger) => {
    const known = ledger.lastBlock.seqno;
    const [address] = ledger.addresses();
    assert.ok(address);
    assert.throws(() => ledger.proveAccount(address, known), { code: "block_unkept" });
    const { block, state } = ledger.proveAccount(address);
    assert.equal(block.seqno, known + 1);
    assert.ok(state.length > 0);
    assert.equal(ledger.proveAccount(address).block.seqno, block.seqno, "nothing new to seal");
    return Promise.resolve();
  });
});

test("Ledger.open() does without a snapshot that is damaged", async (context) => {
  const { home, before } = await crashedAfterSnapshot(context);
  const path = join(home, "snapshot");
  const bytes = await readFile(path);
  bytes[bytes.length >> 1] = 0;
  await writeFile(path, bytes);
  assert.deepEqual(await shownAt(home), before);
});

test("Ledger.open() refuses a journal that has lost what its snapshot holds", async (context) => {
  const { home } = await crashedAfterSnapshot(context);
  await truncate(join(home, "journal"), 1_000);
  await assert.rejects(openTestLedger({ home }), isCorrupt);
});

test("Ledger.open() forgets a torn tail alone, and the chain goes on", async (context) => {
  const { home } = await crashed(context);
  const path = join(home, "journal");
  const { length } = await readFile(path);
  await truncate(path, length - 1);
  await withTestLedger({ home }, async (ledger) => {
    // The last record moved the clock; it was torn.
    assert.equal(ledger.nowSeconds(), 1_800_000_000);
    await ledger.send(await alice.sign(5, [{ to: bob.address, nanotons: ton }]));
  });
  await withTestLedger({ home }, (ledger) => {
    assert.equal(ledger.account(bob.address).balanceNanotons, 6n * ton);
    return Promise.resolve();
  });
});

test("the ledger leaves snapshots while it runs", async (context) => {
  const home = await temporaryFolder(context);
  await withTestLedger({ home, snapshotEvery: 2 }, async (ledger) => {
    const isThere = () =>
      access(join(home, "snapshot")).then(
        () => true,
        () => false,
      );
    for (let count = 0; !(await isThere()); count += 1) {
      assert.ok(count < 1_000);
      await ledger.mint(alice.address, ton);
    }
  });
});

test("Ledger.open() refuses a journal that is damaged in the middle", async (context) => {
  const { home } = await crashed(context);
  const path = join(home, "journal");
  const bytes = await readFile(path);
  bytes[bytes.length >> 1] = 0;
  await writeFile(path, bytes);
  await assert.rejects(openTestLedger({ home }), isCorrupt);
  // The refusal leaves everything as it is, for whoever looks into it.
  assert.deepEqual(await readFile(path), bytes);
});

test("transaction() refuses a record that was damaged behind the snapshot", async (context) => {
  const { home } = await crashedAfterSnapshot(context);
  const path = join(home, "journal");
  const bytes = await readFile(path);
  const [, , minted] = bytes.toString("latin1").split("\n");
  assert.ok(minted);
  bytes[bytes.indexOf(minted) + 100] = 0;
  await writeFile(path, bytes);
  await withTestLedger({ home }, async (ledger) => {
    const [row] = ledger.history.rows;
    assert.ok(row);
    await assert.rejects(ledger.transaction(row), isCorrupt);
  });
});

test("Ledger.open() refuses the folder of a chain with another network id", async (context) => {
  const { home } = await crashed(context);
  const path = join(home, "journal");
  const text = JSON.stringify({ kind: "genesis", version: 1, networkId: -239 });
  await writeFile(path, formatLine({ sequence: 0, durableCount: 0, text }));
  await assert.rejects(openTestLedger({ home }), isCorrupt);
});
