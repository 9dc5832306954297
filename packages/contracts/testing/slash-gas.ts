// What it costs to slash a proxy, with the longest proofs that there can be.

import {
  formatCheckpoint,
  logOrigin,
  nanotons,
  type RawAddress,
  signPromise,
  utf8,
} from "@cocoon/protocol";
import * as contracts from "../src/index.ts";
import { testAddress, type TestChain, testKey, ton } from "./chain.ts";
import { deepProof } from "./deep-proof.ts";
import { costOf, type OperationCost } from "./operation-cost.ts";
import { testNetworkId } from "./prices.ts";

const owner = testAddress("owner");
const reporter = testAddress("reporter");
const params: contracts.ProxyBondParams = { owner, salt: 2n ** 64n - 1n };
/** The log's key before the present one: its signatures cost one check more. */
const formerLogKey = testKey("former log");
const terms: contracts.ProxyTerms = {
  url: "u".repeat(contracts.proxyUrlBytesMax),
  logKey: formerLogKey.publicKey,
  feeBps: 10_000,
  closeDelaySeconds: contracts.closeDelayMinSeconds,
};

const size = Number.MAX_SAFE_INTEGER;
/** Its path has 53 hashes. */
const index = 2 ** 52 - 1;

function checkpointOf(bond: RawAddress, root: Uint8Array): contracts.SignedHead {
  const text = formatCheckpoint({ origin: logOrigin(testNetworkId, bond), size, root });
  return { kind: "checkpoint", size, root, signature: formerLogKey.sign(utf8(text)) };
}

/** The dearest contradiction: two checkpoints and two proofs. */
export function deepContradiction(bond: RawAddress): contracts.Contradiction {
  const first = deepProof(index, size, 1);
  const second = deepProof(index, size, 2);
  return {
    first: checkpointOf(bond, first.root),
    second: checkpointOf(bond, second.root),
    difference: { index, first, second },
  };
}

/** The dearest omission: a checkpoint and a proof of another leaf. */
export function deepOmission(bond: RawAddress): contracts.BrokenPromise {
  const shown = deepProof(index, size, 3);
  const leafHash = new Uint8Array(32);
  const promise = signPromise(formerLogKey, { leafHash, index, timestampMs: 0 });
  return { promise, shown: { ...shown, head: checkpointOf(bond, shown.root) } };
}

/** A bond whose log key was replaced a moment ago. */
export async function rotatedBond(chain: TestChain): Promise<RawAddress> {
  const address = contracts.proxyBondAddress(params);
  const bond = nanotons(10n * ton);
  const value = bond + contracts.proxyBondAttachment.register;
  const init = contracts.proxyBondInit(params);
  const body = contracts.registerBondBody(bond, terms);
  await chain.send({ from: owner, to: address, value, init, body });
  const rotation = { ...terms, logKey: testKey("present log").publicKey };
  await chain.send({
    from: owner,
    to: address,
    value: contracts.proxyBondAttachment.other,
    body: contracts.updateTermsBody(rotation),
  });
  return address;
}

export async function slashCosts(chain: TestChain): Promise<Record<string, OperationCost>> {
  const to = await rotatedBond(chain);
  const start = chain.blockchain.snapshot();
  const value = contracts.slashAttachment;
  const contradiction = contracts.slashContradictionBody(to, deepContradiction(to));
  const first = await chain.send({ from: reporter, to, value, body: contradiction });
  await chain.blockchain.loadFrom(start);
  const omission = contracts.slashOmissionBody(to, deepOmission(to));
  const second = await chain.send({ from: reporter, to, value, body: omission });
  return {
    "proxyBond.slashContradiction": costOf(first),
    "proxyBond.slashOmission": costOf(second),
  };
}

/** All that a bond ever stores: a former key, and how it ended. */
export async function endedBond(chain: TestChain): Promise<{ readonly address: RawAddress }> {
  await slashCosts(chain);
  return { address: contracts.proxyBondAddress(params) };
}
