// The chain as the page reads it: the root contract, and the bonds of its proxies. Loaded when it is looked at first.

import type { RawAddress } from "@cocoon/protocol";
import {
  type ChainClient,
  createChainClient,
  type ProxyBondState,
  readProxyBond,
  readRoot,
  type RootState,
} from "@cocoon/sdk";
import type { NetworkDescription } from "./description.ts";

export type ChainView = {
  readonly root: RootState;
  /** By address; undefined where nothing is deployed. */
  readonly bonds: ReadonlyMap<RawAddress, ProxyBondState | undefined>;
  /** Whether accounts were read by proof, or by the word of an endpoint. */
  readonly isProven: boolean;
};

const requestTimeoutMs = 10_000;

export function openChain({ endpoints, networkId }: NetworkDescription): ChainClient {
  return createChainClient({ endpoints, networkId, requestTimeoutMs });
}

/**
 * Reads the contracts, and again whenever one of them changes, until the signal. A read that fails is told and tried
 * again at the next change.
 */
export async function followContracts(
  description: NetworkDescription,
  onView: (view: ChainView) => void,
  signal: AbortSignal,
): Promise<void> {
  const chain = openChain(description);
  const bonds = description.proxies.map(({ bond }) => bond);
  let reading = false;
  let again = false;
  const read = async (): Promise<void> => {
    again = reading;
    if (reading) return;
    reading = true;
    try {
      const [root, ...states] = await Promise.all([
        readRoot(chain, description.root),
        ...bonds.map((bond) => readProxyBond(chain, bond)),
      ]);
      const isProven = chain.proofStanding() === "proven";
      const view = {
        root,
        bonds: new Map(bonds.map((bond, index) => [bond, states[index]])),
        isProven,
      };
      if (!signal.aborted) onView(view);
    } finally {
      reading = false;
    }
    if (again) await read();
  };
  const readQuietly = (): void => void read().catch(() => undefined);
  await read();
  await chain.watch([description.root, ...bonds], readQuietly, signal);
}
