// Each part of what the root keeps for its storage, next to what one entry of that kind takes up.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Cell } from "@ton/core";
import { accountSize } from "../testing/chain.ts";
import {
  assertDone,
  createRootChain,
  governanceBy,
  governors,
  keysOf,
  listing,
  measurement,
  type RootChain,
} from "../testing/root-chain.ts";
import { tolkConstants } from "../testing/tolk-constants.ts";
import { modelNameBytesMax, platformIdBytesMax } from "./index.ts";

const constant = tolkConstants("Root.tolk");
const instant = { governance: governanceBy(governors, 2, 0) };
/** As many as may be pending at once. */
const entries = constant("PENDING_MAX");

/** A key at one of sixteen places that are far apart. */
const keyAt = (index: number): string => index.toString(16).repeat(64);
const largestChange = (index: number) =>
  ({
    kind: "setGovernance",
    governance: governanceBy(keysOf(`successor-${index}`, 10), 10),
  }) as const;

/** Adds the largest entry of its kind that shares no cell with another. */
const additions: Readonly<Record<string, (root: RootChain, index: number) => Promise<unknown>>> = {
  MODEL: (root, index) =>
    root.enact({
      kind: "setModel",
      manifestHash: keyAt(index),
      listing: { ...listing, name: index.toString(16).repeat(modelNameBytesMax) },
    }),
  MEASUREMENT: (root, index) =>
    root.enact({
      kind: "setMeasurement",
      imageHash: keyAt(index),
      measurement: { ...measurement, evaluationMin: index },
    }),
  BAN: async (root, index) => {
    const platformId = index.toString(16).repeat(2 * platformIdBytesMax);
    assertDone(await root.revoke({ kind: "banPlatform", platformId }));
  },
  PENDING: async (root, index) => {
    assertDone(await root.propose(largestChange(index)));
  },
};

for (const [kind, add] of Object.entries(additions)) {
  test(`${kind}_CELLS and ${kind}_BITS are what an entry takes up, and not far more`, async () => {
    const root = await createRootChain({ overrides: instant });
    await add(root, 0);
    const first = await accountSize(root, root.address);
    for (let index = 1; index < entries; index += 1) await add(root, index);
    const last = await accountSize(root, root.address);
    for (const unit of ["cells", "bits"] as const) {
      const bound = constant(`${kind}_${unit.toUpperCase()}`);
      const growth = (last[unit] - first[unit]) / (entries - 1);
      assert.ok(bound >= growth && bound <= 1.5 * growth, `${unit}: ${bound}, grows by ${growth}`);
    }
  });
}

/** Of a tree without equal cells. */
function sizeOf(cell: Cell): { readonly cells: number; readonly bits: number } {
  const below = cell.refs.map(sizeOf);
  return {
    cells: below.reduce((sum, { cells }) => sum + cells, 1),
    bits: below.reduce((sum, { bits }) => sum + bits, cell.bits.length),
  };
}

test("EVENT_CELLS and EVENT_BITS are those of the largest event, and not far more", async () => {
  const root = await createRootChain({ overrides: instant });
  const { events } = await root.propose(largestChange(0));
  // The event's own cell is part of the message's root, whose forwarding the flat price covers.
  const [change] = events[0]?.refs ?? [];
  assert.ok(change);
  const size = sizeOf(change);
  for (const unit of ["cells", "bits"] as const) {
    const bound = constant(`EVENT_${unit.toUpperCase()}`);
    assert.ok(bound >= size[unit] && bound <= 1.2 * size[unit], `${unit}: ${bound}, ${size[unit]}`);
  }
});
