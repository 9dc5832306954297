import { CocoonError } from "@cocoon/protocol";
import { beginCell, Cell, contractAddress, SendMode, storeShardAccount } from "@ton/core";
import assert from "node:assert/strict";
import { test } from "node:test";
import { withTestLedger } from "../../testing/test-ledger.ts";
import { createTestWallet } from "../../testing/wallet.ts";
import { runCascade } from "./cascade.ts";
import { devnetConfig } from "./config.ts";
import { mintMessage } from "./message.ts";
import { createTvm } from "./tvm.ts";

const alice = createTestWallet(1);
const bob = createTestWallet(2);
const ton = 1_000_000_000n;

/**
 * A contract that sends all it gets to itself, from Tolk 1.3:
 *
 *     fun onInternalMessage(in: InMessage) {
 *         val message = createMessage({ bounce: BounceMode.NoBounce, value: 0, dest: contract.getAddress() });
 *         message.send(SEND_MODE_CARRY_ALL_REMAINING_MESSAGE_VALUE);
 *     }
 */
const loopCode = "te6ccgEBAgEAJgABFP8A9KQT9LzyyAsBAC7TMPiR8kD4KMjPhQj6UnDPC27JgED7AA==";

test("runCascade() refuses a message that too many others follow from", async () => {
  const state = { code: Cell.fromBase64(loopCode), data: Cell.EMPTY };
  const addr = contractAddress(0, state);
  const account = {
    addr,
    storage: {
      lastTransLt: 0n,
      balance: { coins: ton },
      state: { type: "active" as const, state },
    },
    storageStats: { used: { cells: 0n, bits: 0n }, lastPaid: 0, storageExtra: null },
  };
  const shardAccount = { account, lastTransactionHash: 0n, lastTransactionLt: 0n };
  const stored = beginCell().store(storeShardAccount(shardAccount)).endCell();
  const input = {
    tvm: await createTvm(devnetConfig()),
    utime: 1_800_000_000,
    lt: 0n,
    seed: "",
    accountOf: () => stored.toBoc().toString("base64"),
    transactionsMax: 20,
  };
  const message = (nanotons: bigint) => mintMessage(addr.toRawString(), nanotons, 0n);
  await assert.rejects(
    runCascade(message(ton), input),
    (error) => error instanceof CocoonError && error.code === "transaction_failed",
  );
  // Too little to go round 20 times: the gas eats it up, and that is the end.
  const { transactions } = await runCascade(message(1_000_000n), input);
  assert.ok(transactions.length > 1);
});

test("money sent to nobody comes back when it may bounce, and stays when it may not", async () => {
  await withTestLedger({}, async (ledger) => {
    await ledger.mint(alice.address, 10n * ton);
    const payment = { to: bob.address, nanotons: ton };
    await ledger.send(await alice.sign(0, [{ ...payment, bounce: true }]));
    assert.equal(ledger.account(bob.address).balanceNanotons, 0n);
    assert.ok(ledger.account(alice.address).balanceNanotons > 9n * ton + ton / 2n);
    await ledger.send(await alice.sign(1, [payment]));
    assert.equal(ledger.account(bob.address).balanceNanotons, ton);
  });
});

test("an account that destroyed itself is gone, and its address can be used again", async () => {
  await withTestLedger({}, async (ledger) => {
    await ledger.mint(alice.address, 10n * ton);
    const destroy = SendMode.CARRY_ALL_REMAINING_BALANCE | SendMode.DESTROY_ACCOUNT_IF_ZERO;
    const everything = [{ to: bob.address, nanotons: 0n }];
    // A v5r1 wallet takes no message whose failure it would not ignore.
    const mode = destroy | SendMode.IGNORE_ERRORS;
    await ledger.send(await alice.sign(0, everything, mode));
    const gone = ledger.account(alice.address);
    assert.equal(gone.phase, "uninitialized");
    assert.equal(gone.balanceNanotons, 0n);
    assert.equal(await ledger.runGetMethod(alice.address, "seqno", []), undefined);
    await ledger.mint(alice.address, 10n * ton);
    await ledger.send(await alice.sign(0, [{ to: bob.address, nanotons: ton }]));
    assert.equal(ledger.account(alice.address).phase, "active");
    const page = ledger.history.page(alice.address, { countMax: 9 });
    assert.equal(page?.length, 4);
  });
});
