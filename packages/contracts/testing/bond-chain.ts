// A proxy bond on a test chain, registered and ready to be accused.

import type { Cell } from "@ton/core";
import { nanotons, type RawAddress } from "@cocoon/protocol";
import * as contracts from "../src/index.ts";
import {
  agreedState,
  createTestChain,
  type Outcome,
  type StateReaders,
  testAddress,
  type TestChain,
  testKey,
  ton,
} from "./chain.ts";
import type { TestLog } from "./log.ts";

export const owner = testAddress("owner");
export const reporter = testAddress("reporter");
export const logKey = testKey("log");
export const bondParams: contracts.ProxyBondParams = { owner, salt: 5n };
export const bondAddress: RawAddress = contracts.proxyBondAddress(bondParams);
export const bond = nanotons(100n * ton);
export const proxyBondReaders: StateReaders<contracts.ProxyBondState> = {
  getter: contracts.proxyBondGetter,
  parse: contracts.parseProxyBond,
  parseData: contracts.parseProxyBondData,
};
export const terms: contracts.ProxyTerms = {
  url: "cocoon://proxy.example:10010",
  logKey: logKey.publicKey,
  feeBps: 250,
  closeDelaySeconds: contracts.closeDelayMinSeconds,
};

export type BondChain = TestChain & {
  state(): Promise<contracts.ProxyBondState>;
  call(from: RawAddress, body: Cell, value?: bigint): Promise<Outcome>;
  /** From the reporter; undefined means success. */
  accuse(body: Cell): Promise<string | undefined>;
  anchor(log: TestLog, size: number): Promise<string | undefined>;
};

export async function createAccusedBond(): Promise<BondChain> {
  const chain = await createTestChain();
  const to = bondAddress;
  const call = (from: RawAddress, body: Cell, value: bigint = contracts.slashAttachment) =>
    chain.send({ from, to, value, body });
  const registered = await chain.send({
    from: owner,
    to,
    value: bond + ton,
    init: contracts.proxyBondInit(bondParams),
    body: contracts.registerBondBody(bond, terms),
  });
  if (registered.exitCode !== 0) throw new RangeError("not registered");
  return {
    ...chain,
    call,
    state: () => agreedState(chain, to, proxyBondReaders),
    accuse: async (body) => refusalOf((await call(reporter, body)).exitCode),
    anchor: async (log, size) => {
      const { root, timestampSeconds, signature } = log.anchor(size, chain.now());
      const body = contracts.anchorBody({ treeSize: size, root, timestampSeconds, signature });
      const outcome = await chain.sendExternal(to, body);
      return refusalOf(typeof outcome === "number" ? outcome : outcome.exitCode);
    },
  };
}

function refusalOf(exitCode: number | undefined): string | undefined {
  if (exitCode === 0) return undefined;
  return contracts.exitCodeName(exitCode ?? -1) ?? `${exitCode}`;
}
