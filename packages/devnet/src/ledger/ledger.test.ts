import { CocoonError, type ErrorCode, type RawAddress } from "@cocoon/protocol";
import { Cell, loadMessage, loadTransaction } from "@ton/core";
import * as fc from "fast-check";
import assert from "node:assert/strict";
import { test } from "node:test";
import { openTestLedger } from "../../testing/test-ledger.ts";
import { createTestWallet } from "../../testing/wallet.ts";
import type { Ledger } from "./ledger.ts";
import { messagesOf } from "./message.ts";

const alice = createTestWallet(1);
const bob = createTestWallet(2);
const ton = 1_000_000_000n;

function hasCode(code: ErrorCode): (error: unknown) => boolean {
  return (error) => error instanceof CocoonError && error.code === code;
}

function balanceOf(ledger: Ledger, address: RawAddress): bigint {
  return ledger.account(address).balanceNanotons;
}

test("send() refuses what is no external message to an account", async (context) => {
  const ledger = await openTestLedger();
  context.after(() => ledger.close());
  const bag = (cell: Cell) => cell.toBoc();
  const refused = [new Uint8Array(), Uint8Array.of(1, 2, 3), Buffer.alloc(70_000), bag(Cell.EMPTY)];
  for (const boc of refused) {
    await assert.rejects(ledger.send(boc), hasCode("request_malformed"));
  }
  assert.equal(ledger.history.rows.length, 0);
});

test("send() refuses what the contract does not accept, and nothing changes", async (context) => {
  const ledger = await openTestLedger();
  context.after(() => ledger.close());
  const transfers = [{ to: bob.address, nanotons: ton }];
  await assert.rejects(ledger.send(await alice.sign(0, transfers)), hasCode("transaction_failed"));
  await ledger.mint(alice.address, 10n * ton);
  await ledger.send(await alice.sign(0, transfers));
  const before = { rows: ledger.history.rows.length, balance: balanceOf(ledger, alice.address) };
  for (const seqno of [0, 2]) {
    const boc = await alice.sign(seqno, transfers);
    await assert.rejects(ledger.send(boc), (error) => {
      assert.ok(hasCode("transaction_failed")(error));
      // Exit code of the wallet: invalid seqno.
      assert.equal(error instanceof CocoonError && error.details["exitCode"], 133);
      return true;
    });
  }
  assert.equal(ledger.history.rows.length, before.rows);
  assert.equal(balanceOf(ledger, alice.address), before.balance);
});

test("send() runs a message and all that follow from it as one record", async (context) => {
  const ledger = await openTestLedger();
  context.after(() => ledger.close());
  await ledger.mint(alice.address, 10n * ton);
  const transfers = [1n, 2n, 3n].map((nanotons) => ({ to: bob.address, nanotons: nanotons * ton }));
  await ledger.send(await alice.sign(0, transfers));
  assert.equal(balanceOf(ledger, bob.address), 6n * ton);
  const [, ...rows] = ledger.history.rows;
  assert.deepEqual(
    rows.map((row) => row.account),
    [alice.address, bob.address, bob.address, bob.address],
  );
  assert.equal(new Set(rows.map((row) => row.record)).size, 1);
  assert.ok(rows.every((row, index) => index === 0 || row.lt > (rows[index - 1]?.lt ?? 0n)));
});

test("mint() and advanceTime() refuse what is out of range", async (context) => {
  const ledger = await openTestLedger();
  context.after(() => ledger.close());
  await assert.rejects(ledger.mint(alice.address, -1n), RangeError);
  for (const seconds of [-1, 0.5, Number.NaN, 400_000_000]) {
    await assert.rejects(ledger.advanceTime(seconds), hasCode("option_invalid"));
  }
});

test("advanceTime() moves the clock of contracts and blocks", async (context) => {
  const ledger = await openTestLedger();
  context.after(() => ledger.close());
  await ledger.advanceTime(3_600);
  assert.equal(ledger.nowSeconds(), 1_800_003_600);
  await ledger.mint(alice.address, ton);
  ledger.seal();
  assert.equal(ledger.lastBlock.utime, 1_800_003_600);
  const [row] = ledger.history.rows;
  assert.ok(row);
  const { boc } = await ledger.transaction(row);
  assert.equal(loadTransaction(Cell.fromBase64(boc).beginParse()).now, 1_800_003_600);
});

test("nowSeconds() never goes back, whatever the wall clock does", async (context) => {
  let wall = 1_800_000_000;
  const ledger = await openTestLedger({ nowSeconds: () => wall });
  context.after(() => ledger.close());
  await ledger.mint(alice.address, ton);
  wall -= 1_000;
  assert.equal(ledger.nowSeconds(), 1_800_000_000);
  await ledger.mint(alice.address, ton);
  ledger.seal();
  assert.equal(ledger.lastBlock.utime, 1_800_000_000);
});

test("seal() makes numbered blocks of what came since the one before", async (context) => {
  const ledger = await openTestLedger();
  context.after(() => ledger.close());
  assert.equal(ledger.lastBlock.seqno, 1);
  await ledger.mint(alice.address, ton);
  await ledger.mint(bob.address, ton);
  assert.equal(ledger.history.openCount, 2);
  ledger.seal();
  assert.equal(ledger.lastBlock.seqno, 2);
  assert.equal(ledger.history.openCount, 0);
  assert.equal(ledger.history.rowsOf(ledger.lastBlock).length, 2);
});

test("a ledger whose blockMs is 0 seals a block for each message", async (context) => {
  const ledger = await openTestLedger({ blockMs: 0 });
  context.after(() => ledger.close());
  await ledger.mint(alice.address, ton);
  await ledger.mint(bob.address, ton);
  assert.equal(ledger.lastBlock.seqno, 3);
});

test("estimate() tells what a transfer then costs, to the nanoton", async (context) => {
  const ledger = await openTestLedger();
  context.after(() => ledger.close());
  await ledger.mint(alice.address, 10n * ton);
  await ledger.send(await alice.sign(0, [{ to: bob.address, nanotons: ton }]));
  const boc = await alice.sign(1, [{ to: bob.address, nanotons: ton }]);
  const message = Cell.fromBoc(boc)[0];
  assert.ok(message);
  const { body } = loadMessage(message.beginParse());
  const fees = await ledger.estimate(alice.address, body, { ignoreSignatures: true });
  const before = balanceOf(ledger, alice.address);
  await ledger.send(boc);
  const cost = before - balanceOf(ledger, alice.address) - ton;
  const parts = Object.values(fees).reduce((sum, part) => sum + part, 0n);
  assert.equal(parts, cost);
});

test("runGetMethod() returns undefined for an account without code, and an exit code for an unknown method", async (context) => {
  const ledger = await openTestLedger();
  context.after(() => ledger.close());
  assert.equal(await ledger.runGetMethod(alice.address, "seqno", []), undefined);
  await ledger.mint(alice.address, 10n * ton);
  await ledger.send(await alice.sign(0, [{ to: bob.address, nanotons: ton }]));
  const seqno = await ledger.runGetMethod(alice.address, "seqno", []);
  assert.deepEqual(seqno?.stack, [{ type: "int", value: 1n }]);
  const unknown = await ledger.runGetMethod(alice.address, "no_such_method", []);
  assert.equal(unknown?.exitCode, 11);
});

test("a ledger that is closed takes nothing in", async () => {
  const ledger = await openTestLedger();
  await ledger.close();
  await assert.rejects(ledger.mint(alice.address, ton), hasCode("stopping"));
});

/** What left the chain as fees: of each transaction, and for the delivery of each internal message. */
async function feesBurned(ledger: Ledger): Promise<bigint> {
  let burned = 0n;
  for (const row of ledger.history.rows) {
    const cell = Cell.fromBase64((await ledger.transaction(row)).boc);
    burned += loadTransaction(cell.beginParse()).totalFees.coins;
    const { incoming } = messagesOf(cell);
    const info = incoming && loadMessage(incoming.beginParse()).info;
    if (info?.type === "internal") burned += info.forwardFee + info.ihrFee;
  }
  return burned;
}

test("all that was ever minted is in the balances or was burned as fees", async () => {
  const wallets = [1, 2, 3].map((number) => createTestWallet(number));
  const nobody = `0:${"cd".repeat(32)}`;
  const transfer = fc.record({
    from: fc.nat(2),
    to: fc.nat(3),
    nanotons: fc.bigInt(0n, 3n * ton),
    bounce: fc.boolean(),
    count: fc.integer({ min: 1, max: 3 }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(transfer, { maxLength: 6 }), async (transfers) => {
      const ledger = await openTestLedger();
      const seqnos = [0, 0, 0];
      for (const { address } of wallets) await ledger.mint(address, 5n * ton);
      for (const { from, to, nanotons, bounce, count } of transfers) {
        const receiver = { to: wallets[to]?.address ?? nobody, nanotons, bounce };
        const batch = Array.from({ length: count }, () => receiver);
        await ledger.send((await wallets[from]?.sign(seqnos[from] ?? 0, batch)) ?? Buffer.alloc(0));
        seqnos[from] = (seqnos[from] ?? 0) + 1;
      }
      const balances = [...ledger.addresses()].map((address) => balanceOf(ledger, address));
      const held = balances.reduce((sum, balance) => sum + balance, 0n);
      assert.equal(held + (await feesBurned(ledger)), ledger.minted);
      await ledger.close();
    }),
    { numRuns: 8 },
  );
});
