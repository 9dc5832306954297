// A chain in memory on the real TVM. Messages come straight from any address, so that a test's fees are its own.

import assert from "node:assert/strict";
import { Blockchain, EmulationError, Executor, internal } from "@ton/sandbox";
import {
  type Cell,
  external,
  type Message,
  type Transaction,
  type TransactionDescriptionGeneric,
} from "@ton/core";
import { createSigningKey, type RawAddress, type SigningKey } from "@cocoon/protocol";
import { type ContractInit, type GetterStack, rawAddress, tonAddress } from "../src/index.ts";
import { type Prices, testConfig } from "./prices.ts";

/** When every test starts, unix seconds. */
export const startSeconds = 1_800_000_000;

export const ton = 1_000_000_000n;

export type TestMessage = {
  readonly from: RawAddress;
  readonly to: RawAddress;
  readonly value: bigint;
  readonly body?: Cell;
  readonly init?: ContractInit;
  /** True unless said otherwise. */
  readonly bounce?: boolean;
  /** Marks the message as one that came back, as only the chain itself can. */
  readonly bounced?: boolean;
};

/** What one message did to the contract that got it, and where its money went. */
export type Outcome = {
  /** Of the compute phase; undefined when it was skipped. */
  readonly exitCode: number | undefined;
  /** Of the action phase; undefined when there was none. */
  readonly actionCode: number | undefined;
  readonly gas: number;
  /** All fees of the contract's own transaction. */
  readonly fees: bigint;
  /** What forwarding the contract's messages cost beyond that. */
  readonly forwardFees: bigint;
  /** What went back to the sender because the message failed. */
  readonly bounced: bigint | undefined;
  /** What arrived, by destination, with the opcode of its body. */
  readonly sent: readonly {
    readonly to: RawAddress;
    readonly value: bigint;
    readonly op: number;
  }[];
  /** Bodies of external-out messages. */
  readonly events: readonly Cell[];
};

export type TestChain = {
  readonly blockchain: Blockchain;
  send(message: TestMessage): Promise<Outcome>;
  /** The outcome, or the exit code with which the contract refused before it accepted. */
  sendExternal(to: RawAddress, body: Cell): Promise<Outcome | number>;
  get(address: RawAddress, method: string): Promise<GetterStack>;
  balance(address: RawAddress): Promise<bigint>;
  /** Lets time pass. */
  wait(seconds: number): void;
  now(): number;
};

/** The TVM, which keeps nothing between messages: one for all chains, as starting it takes longer than most tests. */
let sharedExecutor: Promise<Executor> | undefined;

export async function createTestChain(prices?: Prices): Promise<TestChain> {
  sharedExecutor ??= Executor.create();
  const executor = await sharedExecutor;
  const blockchain = await Blockchain.create({ executor, config: testConfig(prices) });
  blockchain.now = startSeconds;
  blockchain.verbosity = { print: false, blockchainLogs: false, vmLogs: "none", debugLogs: false };
  return {
    blockchain,
    send: async (message) => {
      const result = await blockchain.sendMessage(
        internal({
          from: tonAddress(message.from),
          to: tonAddress(message.to),
          value: message.value,
          bounce: message.bounce ?? true,
          bounced: message.bounced ?? false,
          ...(message.body && { body: message.body }),
          ...(message.init && { stateInit: message.init }),
        }),
      );
      return outcomeOf(result.transactions[0]);
    },
    sendExternal: async (to, body) => {
      try {
        const message = external({ to: tonAddress(to), body });
        const result = await blockchain.sendMessage(message);
        return outcomeOf(result.transactions[0]);
      } catch (error) {
        if (error instanceof EmulationError && error.exitCode !== undefined) return error.exitCode;
        throw error;
      }
    },
    get: async (address, method) => {
      const result = await blockchain.runGetMethod(tonAddress(address), method);
      return result.stack;
    },
    balance: async (address) => (await blockchain.getContract(tonAddress(address))).balance,
    wait: (seconds) => {
      blockchain.now = (blockchain.now ?? startSeconds) + seconds;
    },
    now: () => blockchain.now ?? startSeconds,
  };
}

/** How a contract tells its state. */
export type StateReaders<State> = {
  readonly getter: string;
  readonly parse: (stack: GetterStack) => State;
  readonly parseData: (data: Cell) => State;
};

/** What a contract's get method tells, which is what its data cell says. */
export async function agreedState<State>(
  chain: TestChain,
  address: RawAddress,
  { getter, parse, parseData }: StateReaders<State>,
): Promise<State> {
  const told = parse(await chain.get(address, getter));
  assert.deepEqual(parseData(await dataOf(chain, address)), told);
  return told;
}

/** The data cell of an active account. */
export async function dataOf(chain: TestChain, address: RawAddress): Promise<Cell> {
  const { account } = (await chain.blockchain.getContract(tonAddress(address))).account;
  const state = account?.storage.state;
  const data = state?.type === "active" ? state.state.data : undefined;
  assertDefined(data);
  return data;
}

/** An account that only receives: a name becomes its address. */
export function testAddress(name: string): RawAddress {
  return `0:${Buffer.from(name).toString("hex").padEnd(64, "0")}`;
}

/** A key that is the same in every run. */
export function testKey(name: string): SigningKey {
  return createSigningKey(Buffer.from(name.padEnd(32, ".")));
}

/** Cells and bits of an account's code and data, equal cells counted once, with the root that holds both. */
export async function accountSize(
  chain: TestChain,
  address: RawAddress,
): Promise<{ readonly cells: number; readonly bits: number }> {
  const account = (await chain.blockchain.getContract(tonAddress(address))).account.account;
  assertDefined(account);
  const { cells, bits } = account.storageStats.used;
  return { cells: Number(cells), bits: Number(bits) };
}

function outcomeOf(transaction: Transaction | undefined): Outcome {
  assertDefined(transaction);
  const { description, totalFees, outMessages } = transaction;
  if (description.type !== "generic") throw new RangeError("not an ordinary transaction");
  const { computePhase, actionPhase, bouncePhase } = description;
  const messages = [...outMessages.values()];
  return {
    exitCode: computePhase.type === "vm" ? computePhase.exitCode : undefined,
    actionCode: actionPhase?.resultCode,
    gas: computePhase.type === "vm" ? Number(computePhase.gasUsed) : 0,
    fees: totalFees.coins,
    forwardFees: forwardFeesOf(description),
    bounced: bouncePhase ? bouncedValue(messages) : undefined,
    sent: messages.flatMap(sentOf),
    events: messages.flatMap(({ info, body }) => (info.type === "external-out" ? [body] : [])),
  };
}

/** Of forwarding fees a third is charged at once; the rest goes with the message. */
function forwardFeesOf({ actionPhase, bouncePhase }: TransactionDescriptionGeneric): bigint {
  const forwarded = (actionPhase?.totalFwdFees ?? 0n) - (actionPhase?.totalActionFees ?? 0n);
  return forwarded + (bouncePhase?.type === "ok" ? bouncePhase.forwardFees : 0n);
}

/** Nothing that our contracts send may come back to them: they would take no notice. */
function sentOf({ info, body }: Message): Outcome["sent"] {
  if (info.type !== "internal" || info.bounced) return [];
  if (info.bounce) throw new RangeError("a message that can bounce");
  const slice = body.beginParse();
  const op = slice.remainingBits < 32 ? 0 : slice.loadUint(32);
  return [{ to: rawAddress(info.dest), value: info.value.coins, op }];
}

function bouncedValue(messages: readonly Message[]): bigint | undefined {
  for (const { info } of messages) {
    if (info.type === "internal" && info.bounced) return info.value.coins;
  }
  return undefined;
}

function assertDefined<Value>(value: Value): asserts value is NonNullable<Value> {
  if (value === undefined || value === null) throw new RangeError("nothing there");
}
