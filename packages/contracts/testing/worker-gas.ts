// Runs each operation of a worker bond once, with ten auditors, and notes what it costs.

import { nanotons, type RawAddress } from "@cocoon/protocol";
import * as contracts from "../src/index.ts";
import { type TestChain, ton } from "./chain.ts";
import { costOf, type OperationCost } from "./operation-cost.ts";
import {
  createWorkerChain,
  governance,
  owner,
  receiptWith,
  reporter,
  verdictBody,
  vouch,
  workerParams,
} from "./worker-chain.ts";

const attached = contracts.workerBondAttachment.other;

export async function workerCosts(chain: TestChain): Promise<Record<string, OperationCost>> {
  const worker = await createWorkerChain({}, chain);
  const registered = costOf(await worker.register());
  const start = chain.blockchain.snapshot();
  const deposit = contracts.depositWorkerBody(nanotons(ton));
  const deposited = costOf(await worker.call(owner, deposit, ton + attached));
  const requested = costOf(await worker.call(owner, contracts.requestUnbondWorkerBody(), attached));
  chain.wait(workerParams.closeDelaySeconds);
  const withdrawn = costOf(await worker.call(owner, contracts.withdrawWorkerBody(), attached));
  await chain.blockchain.loadFrom(start);
  const submitted = costOf(await worker.call(reporter, verdictBody(worker.address, 1), attached));
  const judged = chain.blockchain.snapshot();
  const cancelled = costOf(await worker.call(governance, contracts.cancelVerdictBody(), attached));
  await chain.blockchain.loadFrom(judged);
  chain.wait(workerParams.disputeDelaySeconds);
  const executed = costOf(await worker.call(reporter, contracts.executeVerdictBody(), attached));
  await chain.blockchain.loadFrom(judged);
  const slashed = costOf(await worker.call(reporter, doubleReceipt(worker.address, chain.now())));
  return {
    "workerBond.register": registered,
    "workerBond.deposit": deposited,
    "workerBond.requestUnbond": requested,
    "workerBond.withdraw": withdrawn,
    "workerBond.slashDoubleReceipt": slashed,
    "workerBond.submitVerdict": submitted,
    "workerBond.cancelVerdict": cancelled,
    "workerBond.executeVerdict": executed,
  };
}

function doubleReceipt(bond: RawAddress, nowSeconds: number) {
  return contracts.slashDoubleReceiptBody({
    identity: vouch(bond, nowSeconds),
    first: receiptWith(),
    second: receiptWith({ finishReason: "length" }),
  });
}

/** All that a bond stores before it ends: ten auditors and a verdict of theirs. */
export async function judgedWorker(chain: TestChain): Promise<{ readonly address: RawAddress }> {
  const worker = await createWorkerChain({}, chain);
  await worker.register();
  await worker.call(reporter, verdictBody(worker.address, 1));
  return worker;
}
