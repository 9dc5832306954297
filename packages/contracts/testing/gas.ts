// Runs each operation once, in its dearest form, and notes what it costs.

import type { Cell } from "@ton/core";
import { nanotons, type RawAddress, signVoucher } from "@cocoon/protocol";
import * as contracts from "../src/index.ts";
import { anchorDigestOf } from "./anchor.ts";
import { endedBond, slashCosts } from "./slash-gas.ts";
import { judgedWorker, workerCosts } from "./worker-gas.ts";
import {
  accountSize,
  createTestChain,
  type Outcome,
  testAddress,
  type TestChain,
  testKey,
  ton,
} from "./chain.ts";
import { costOf, type OperationCost } from "./operation-cost.ts";
import { type Prices, testNetworkId } from "./prices.ts";
import { deployFullRoot, rootCosts } from "./root-gas.ts";

/** What an account takes up, code and data. */
export type AccountSize = { readonly cells: number; readonly bits: number };

/** What gas.json holds. */
export type GasTable = {
  readonly operations: Readonly<Record<string, OperationCost>>;
  readonly accounts: Readonly<Record<string, AccountSize>>;
};

const payer = testAddress("payer");
const payee = testAddress("payee");
const session = testKey("session");

/** Throws when an operation fails, such as for want of value: each attaches what its wrapper says. */
export async function measureGas(prices?: Prices): Promise<GasTable> {
  const operations = {
    ...(await slashCosts(await createTestChain(prices))),
    ...(await workerCosts(await createTestChain(prices))),
    ...(await channelCosts(await createTestChain(prices))),
    ...(await bondCosts(await createTestChain(prices))),
    ...(await rootCosts(await createTestChain(prices))),
  };
  const accounts = {
    workerBond: await sizeOf(judgedWorker),
    channel: await sizeOf(openedChannel),
    proxyBond: await sizeOf(endedBond),
    root: await sizeOf(deployFullRoot),
  };
  return { operations, accounts };
}

type Deployed = { readonly address: RawAddress; readonly outcome: Outcome };

async function sizeOf(
  deploy: (chain: TestChain) => Promise<{ readonly address: RawAddress }>,
): Promise<AccountSize> {
  const chain = await createTestChain();
  const { address } = await deploy(chain);
  return accountSize(chain, address);
}

const channelParams: contracts.ChannelParams = {
  payer,
  payee,
  sessionKey: session.publicKey,
  closeTimeoutSeconds: 3_600,
  salt: 2n ** 64n - 1n,
};

async function openedChannel(chain: TestChain): Promise<Deployed> {
  const address = contracts.channelAddress(channelParams);
  const outcome = await chain.send({
    from: payer,
    to: address,
    value: 10n * ton + contracts.channelAttachment.open,
    init: contracts.channelInit(channelParams),
    body: contracts.openChannelBody(nanotons(10n * ton)),
  });
  return { address, outcome };
}

async function channelCosts(chain: TestChain): Promise<Record<string, OperationCost>> {
  const attached = contracts.channelAttachment.other;
  const { address, outcome } = await openedChannel(chain);
  const opened = chain.blockchain.snapshot();
  const call = async (from: RawAddress, body: Cell, value: bigint = attached) =>
    costOf(await chain.send({ from, to: address, value, body }));
  const voucher = signVoucher(session, testNetworkId, address, nanotons(3n * ton));
  const topUp = await call(payer, contracts.topUpChannelBody(nanotons(ton)), ton + attached);
  const settle = await call(payee, contracts.settleChannelBody(voucher));
  await chain.blockchain.loadFrom(opened);
  const close = await call(payee, contracts.closeChannelBody(voucher));
  await chain.blockchain.loadFrom(opened);
  const startClose = await call(payer, contracts.startChannelCloseBody());
  chain.wait(3_600);
  const finishClose = await call(payer, contracts.finishChannelCloseBody());
  return {
    "channel.open": costOf(outcome),
    "channel.topUp": topUp,
    "channel.settle": settle,
    "channel.close": close,
    "channel.startClose": startClose,
    "channel.finishClose": finishClose,
  };
}

const bondParams = { owner: payer, salt: 2n ** 64n - 1n };
const terms = {
  url: "u".repeat(contracts.proxyUrlBytesMax),
  logKey: session.publicKey,
  feeBps: 10_000,
  closeDelaySeconds: contracts.closeDelayMinSeconds,
};

async function registeredBond(chain: TestChain): Promise<Deployed> {
  const address = contracts.proxyBondAddress(bondParams);
  const outcome = await chain.send({
    from: payer,
    to: address,
    value: 11n * ton + contracts.proxyBondAttachment.register,
    init: contracts.proxyBondInit(bondParams),
    body: contracts.registerBondBody(nanotons(10n * ton), terms),
  });
  return { address, outcome };
}

async function anchor(chain: TestChain, bond: RawAddress, treeSize: number): Promise<Outcome> {
  const signed = { treeSize, root: new Uint8Array(32).fill(255), timestampSeconds: chain.now() };
  const signature = session.sign(anchorDigestOf(testNetworkId, bond, signed));
  const outcome = await chain.sendExternal(bond, contracts.anchorBody({ ...signed, signature }));
  if (typeof outcome === "number") throw new RangeError(`anchor refused with ${outcome}`);
  return outcome;
}

async function bondCosts(chain: TestChain): Promise<Record<string, OperationCost>> {
  const attached = contracts.proxyBondAttachment.other;
  const { address, outcome } = await registeredBond(chain);
  const call = async (body: Cell, value: bigint = attached) =>
    costOf(await chain.send({ from: payer, to: address, value, body }));
  await anchor(chain, address, 1);
  const rotate = async (name: string) => {
    chain.wait(terms.closeDelaySeconds);
    return call(contracts.updateTermsBody({ ...terms, logKey: testKey(name).publicKey }));
  };
  const anchored = costOf(await anchor(chain, address, Number.MAX_SAFE_INTEGER));
  await rotate("second");
  return {
    "proxyBond.register": costOf(outcome),
    "proxyBond.anchor": anchored,
    "proxyBond.deposit": await call(contracts.depositBondBody(nanotons(ton)), ton + attached),
    "proxyBond.update": await rotate("third"),
    "proxyBond.withdrawSurplus": await call(contracts.withdrawSurplusBody()),
    "proxyBond.requestUnbond": await call(contracts.requestUnbondBody()),
    "proxyBond.withdrawBond": await afterDelay(chain, () => call(contracts.withdrawBondBody())),
  };
}

async function afterDelay<Value>(chain: TestChain, run: () => Promise<Value>): Promise<Value> {
  chain.wait(terms.closeDelaySeconds);
  return run();
}
