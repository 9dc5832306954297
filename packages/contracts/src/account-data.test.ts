// Data cells come from endpoints that nobody vouches for. That they say what the get methods say is checked wherever a
// test asks for a state: testing/chain.ts, agreedState().

import assert from "node:assert/strict";
import { test } from "node:test";
import { beginCell, Cell } from "@ton/core";
import { CocoonError } from "@cocoon/protocol";
import * as fc from "fast-check";
import { bondAddress, createAccusedBond } from "../testing/bond-chain.ts";
import { dataOf } from "../testing/chain.ts";
import { createOpenChannel } from "../testing/channel-chain.ts";
import { createRootChain, genesis } from "../testing/root-chain.ts";
import { createWorkerChain } from "../testing/worker-chain.ts";
import {
  parseChannelData,
  parseProxyBondData,
  parseRootData,
  parseWorkerBondData,
  rootInit,
} from "./index.ts";

const parsers: readonly ((data: Cell) => unknown)[] = [
  parseChannelData,
  parseProxyBondData,
  parseRootData,
  parseWorkerBondData,
];

function refusesOrReads(parse: (data: Cell) => unknown, data: Cell): void {
  try {
    parse(data);
  } catch (error) {
    if (error instanceof CocoonError && error.code === "contract_unexpected") return;
    throw error;
  }
}

/** A cell like this one with one bit of it, or of a cell somewhere below, turned. */
function turnedBit(cell: Cell, at: number): Cell {
  const { bits, refs } = cell;
  const place = at % (bits.length + refs.length * 16 || 1);
  const builder = beginCell();
  if (place < bits.length) {
    for (let index = 0; index < bits.length; index += 1) {
      builder.storeBit(index === place ? !bits.at(index) : bits.at(index));
    }
    for (const ref of refs) builder.storeRef(ref);
    return builder.endCell();
  }
  const chosen = Math.floor((place - bits.length) / 16);
  builder.storeBits(bits);
  for (const [index, ref] of refs.entries()) {
    builder.storeRef(index === chosen ? turnedBit(ref, Math.floor(at / 17)) : ref);
  }
  return builder.endCell();
}

test("data with any bit turned, and data of another contract, is read or refused with the one code", async () => {
  const worker = await createWorkerChain();
  await worker.register();
  const chains = [await createOpenChannel(), await createRootChain(), worker];
  const datas = await Promise.all(chains.map((chain) => dataOf(chain, chain.address)));
  datas.push(await dataOf(await createAccusedBond(), bondAddress));
  fc.assert(
    fc.property(fc.nat(3), fc.nat(1_000_000), (which, at) => {
      const data = turnedBit(datas[which] ?? Cell.EMPTY, at);
      for (const parse of parsers) refusesOrReads(parse, data);
    }),
    { numRuns: 300 },
  );
});

test("parseRootData() refuses a root that nobody has begun", () => {
  assert.throws(() => parseRootData(rootInit(genesis).data), { code: "contract_unexpected" });
});

test("data with more than was asked for is refused", () => {
  for (const parse of parsers) {
    for (const data of [Cell.EMPTY, beginCell().storeUint(1, 900).endCell()]) {
      assert.throws(() => parse(data), { code: "contract_unexpected" });
    }
  }
});
