// Who carries a message to the root pays for all that it causes, and for no more.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Cell } from "@ton/core";
import { createTestChain, ton } from "../testing/chain.ts";
import {
  assertDone,
  assertRefused,
  carrier,
  createRootChain,
  deploy,
  genesis,
  governanceBy,
  governors,
  hash,
  listing,
  measurement,
  type RootChain,
  rootOn,
} from "../testing/root-chain.ts";
import { tolkConstants } from "../testing/tolk-constants.ts";
import {
  executeChangeBody,
  exitCodeName,
  type Resolution,
  rootAddress,
  rootAttachment,
  rootDeployAttachment,
  statementBody,
  tonAddress,
} from "./index.ts";

const constant = tolkConstants("Root.tolk");

/** Prices of 2026: gas above a flat price for the first 100, one message of one cell, and the largest event. */
function priceOf(gasName: string): bigint {
  const gas = (BigInt(constant(gasName) - 100) * 4_369_067n + 65_535n) / 65_536n;
  const bits = BigInt(constant("EVENT_BITS")) * 4_369_067n;
  const cells = BigInt(constant("EVENT_CELLS")) * 436_906_667n;
  const event = 66_667n + (bits + cells + 65_535n) / 65_536n;
  return 6_667n + gas + event + 66_667n;
}

/** Five years of storage, bits free. */
function reserveOf(cells: number): bigint {
  return (BigInt(cells) * 135n * 157_680_000n + 65_535n) / 65_536n;
}

/** Cells of the root of these tests: one model and one measurement, twice, and whatever else there is. */
const baseCells =
  constant("ROOT_CELLS") + 2 * constant("MODEL_CELLS") + 2 * constant("MEASUREMENT_CELLS");
const instant = { governance: governanceBy(governors, 2, 0) };

test("deployment asks for the storage of all entries and what it costs, and no more", async () => {
  const chain = await createTestChain();
  const first = { ...genesis, models: new Map([1, 3].map((seed) => [hash(seed), listing])) };
  await chain.send({ from: carrier, to: rootAddress(first), value: ton, bounce: false });
  const account = await chain.blockchain.getContract(tonAddress(rootAddress(first)));
  account.balance = 0n;
  const reserve = reserveOf(baseCells + 2 * constant("MODEL_CELLS"));
  const floor = reserve + priceOf("GAS_DEPLOY");
  const short = await deploy(chain, first, floor - 1n);
  assert.equal(exitCodeName(short.exitCode ?? 0), "NotEnoughValue");
  account.balance = 0n;
  assertDone(await deploy(chain, first, floor));
  assert.equal(await chain.balance(rootAddress(first)), reserve);
});

type Trial = {
  readonly gas: string;
  /** Entries of which the root has this many more afterwards than at its beginning. */
  readonly cells: number;
  readonly body: (root: RootChain) => Promise<Cell>;
};

function decided(resolution: Resolution): Trial["body"] {
  return async (root) => statementBody(await root.sign(resolution));
}

const pending = constant("PENDING_CELLS");
const change = { kind: "setModel", manifestHash: hash(9), listing } as const;
const removal = { kind: "removeModel", manifestHash: hash(1) } as const;
const trials: Readonly<Record<string, Trial>> = {
  propose: {
    gas: "GAS_PROPOSE",
    cells: 2 * pending,
    body: decided({ action: "propose", change }),
  },
  cancel: { gas: "GAS_CANCEL", cells: 0, body: decided({ action: "cancel", id: 0 }) },
  execute: {
    gas: "GAS_EXECUTE",
    cells: constant("MODEL_CELLS"),
    body: () => Promise.resolve(executeChangeBody(0)),
  },
  "remove a model": {
    gas: "GAS_REVOKE",
    cells: pending - constant("MODEL_CELLS"),
    body: decided({ action: "revoke", revocation: removal }),
  },
  "remove a measurement": {
    gas: "GAS_REVOKE",
    cells: pending - constant("MEASUREMENT_CELLS"),
    body: decided({
      action: "revoke",
      revocation: { kind: "removeMeasurement", imageHash: hash(2) },
    }),
  },
  ban: {
    gas: "GAS_REVOKE",
    cells: pending + constant("BAN_CELLS"),
    body: decided({ action: "revoke", revocation: { kind: "banPlatform", platformId: "01" } }),
  },
};

for (const [name, { gas, cells, body }] of Object.entries(trials)) {
  test(`to ${name} asks for the storage that is short and what it costs, and leaves exactly the reserve`, async () => {
    const root = await createRootChain({ overrides: instant });
    assertDone(await root.propose(change));
    const account = await root.blockchain.getContract(tonAddress(root.address));
    const reserve = reserveOf(baseCells + cells);
    const message = await body(root);
    const before = await root.state();
    account.balance = reserve;
    assertRefused(await root.call(message, priceOf(gas) - 1n), "NotEnoughValue");
    assert.deepEqual(await root.state(), before);
    account.balance = reserve;
    assertDone(await root.call(message, priceOf(gas)));
    assert.equal(await root.balance(root.address), reserve);
  });
}

test("what is not kept returns to whoever sent it, with its query id", async () => {
  const root = await createRootChain();
  const statement = await root.sign({ action: "propose", change });
  const before = await root.balance(root.address);
  const outcome = await root.call(statementBody(statement, 77n));
  assertDone(outcome);
  const kept = (await root.balance(root.address)) - before;
  assert.equal(kept, reserveOf(baseCells + pending) - reserveOf(baseCells));
  const [excess] = outcome.sent;
  assert.deepEqual(outcome.sent, [
    {
      to: carrier,
      value: rootAttachment - kept - outcome.fees - outcome.forwardFees,
      op: 0xd53276db,
    },
  ]);
  assert.ok((excess?.value ?? 0n) > 0n);
});

test("whoever executes a change gets what its waiting had kept", async () => {
  const root = await createRootChain();
  assertDone(await root.propose({ kind: "removeModel", manifestHash: hash(1) }));
  root.wait(genesis.governance.delaySeconds);
  const outcome = await root.execute(0);
  assertDone(outcome);
  const freed = reserveOf(pending + constant("MODEL_CELLS"));
  const [excess] = outcome.sent;
  assert.ok((excess?.value ?? 0n) > rootAttachment + freed - 10_000_000n);
  const left = baseCells - constant("MODEL_CELLS");
  assert.equal(await root.balance(root.address), reserveOf(left));
});

test("whoever lifts a ban gets what it had kept", async () => {
  const root = await createRootChain({ overrides: instant });
  for (const platformId of ["01", "02", "03"]) {
    assertDone(await root.revoke({ kind: "banPlatform", platformId }));
  }
  await root.enact({ kind: "liftBan", platformId: "02" });
  const kept = reserveOf(baseCells + 2 * constant("BAN_CELLS"));
  assert.equal(await root.balance(root.address), kept);
});

test("five years later the root still answers, and the next message fills its reserve again", async () => {
  const root = await createRootChain();
  root.wait(5 * 365 * 24 * 3_600);
  assertDone(await root.propose(change));
  assert.equal(await root.balance(root.address), reserveOf(baseCells + pending));
});

test("the reserve counts bits too, where they cost something", async () => {
  const root = await createRootChain({ overrides: instant, prices: "2025" });
  assertDone(await root.revoke({ kind: "banPlatform", platformId: "01" }));
  assertDone(await root.propose(change));
  assertDone(await root.propose({ kind: "setMeasurement", imageHash: hash(9), measurement }));
  assertDone(await root.execute(1));
  assertDone(await root.execute(2));
  assertDone(await root.propose(change));
  assertDone(await root.propose(change));
  const sum = (unit: "BITS" | "CELLS"): bigint => {
    const [model, image, ban, waiting] = ["MODEL", "MEASUREMENT", "BAN", "PENDING"].map((entry) =>
      constant(`${entry}_${unit}`),
    );
    assert.ok(model && image && ban && waiting);
    return BigInt(constant(`ROOT_${unit}`) + 3 * model + 3 * image + ban + 2 * waiting);
  };
  // One nanoton a bit and 500 a cell, for 65,536 seconds.
  const price = (sum("BITS") + 500n * sum("CELLS")) * 157_680_000n;
  assert.equal(await root.balance(root.address), (price + 65_535n) / 65_536n);
});

test("what is attached is enough at the prices of 2025 too, also with full lists", async () => {
  const seeds = Array.from({ length: 50 }, (_, seed) => hash(seed + 1));
  const overrides = { ...instant, models: new Map(seeds.map((key) => [key, listing])) };
  const root = await createRootChain({ overrides, prices: "2025" });
  for (let count = 0; count < 16; count += 1) assertDone(await root.propose(change));
  assertDone(await root.execute(0));
  assertDone(await root.revoke({ kind: "banPlatform", platformId: "01" }));
  const first = { ...genesis, ...overrides };
  assert.equal(rootDeployAttachment(first), rootAttachment + 51n * 20_000_000n);
  assert.equal(rootOn(root, { overrides }).address, root.address);
});
