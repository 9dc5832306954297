// What the models of all contracts have in common: how long they run, what strangers send, and that rent is paid.

import assert from "node:assert/strict";
import { beginCell, type Cell } from "@ton/core";
import * as fc from "fast-check";
import type { RawAddress } from "@cocoon/protocol";
import { startSeconds, testAddress, type TestChain } from "./chain.ts";

/** Sequences of about fifteen messages that a model tries. MODEL_RUNS=5000 makes an evening of it. */
export function modelRuns(usual: number): number {
  return Number(process.env["MODEL_RUNS"] ?? usual);
}

export function anySequence<Step>(step: fc.Arbitrary<Step>): fc.Arbitrary<Step[]> {
  return fc.array(step, { minLength: 1, maxLength: 30, size: "max" });
}

/** A body, and what a message carries besides. */
export type StrangersMessage = {
  readonly body: Cell;
  readonly value: bigint;
  readonly bounce: boolean;
  readonly bounced: boolean;
};

/** One of these bodies, or junk under one of these opcodes or under one that nobody knows. */
export function anyStrangersMessage(
  bodies: readonly Cell[],
  opcodes: readonly number[],
): fc.Arbitrary<StrangersMessage> {
  const junk = fc
    .record({
      opcode: fc.constantFrom(...opcodes, 7),
      bytes: fc.uint8Array({ maxLength: 100 }),
      refs: fc.nat(2),
    })
    .map(({ opcode, bytes, refs }) => {
      const body = beginCell().storeUint(opcode, 32).storeBuffer(Buffer.from(bytes));
      for (let ref = 0; ref < refs; ref += 1) body.storeRef(beginCell().storeUint(opcode, 32));
      return body.endCell();
    });
  return fc.record({
    body: fc.oneof(fc.constantFrom(...bodies), fc.constantFrom(...bodies), junk),
    value: fc.constantFrom(1n, 100_000n, 50_000_000n, 1_000_000_000n),
    bounce: fc.boolean(),
    bounced: fc.constantFrom(false, false, false, true),
  });
}

/** Sends what a stranger sends; true when the contract took it for anything. */
export async function sendAsStranger(
  chain: TestChain,
  to: RawAddress,
  message: StrangersMessage,
): Promise<boolean> {
  const from = testAddress("stranger");
  const outcome = await chain.send({ from, to, ...message });
  assert.ok(outcome.sent.every((sent) => sent.to === from));
  return outcome.exitCode === 0 && !message.bounced;
}

const fiveYearsSeconds = 5 * 365 * 86_400;

/** Lets five years pass since the start, has the chain collect its rent, and sees that the rest covers what is owed. */
export async function assertRentPaid(
  chain: TestChain,
  address: RawAddress,
  owed: bigint,
): Promise<void> {
  chain.wait(startSeconds + fiveYearsSeconds - chain.now());
  await chain.send({ from: testAddress("stranger"), to: address, value: 1n, bounce: false });
  const balance = await chain.balance(address);
  assert.ok(balance > owed, `${balance} left of ${owed}`);
}
