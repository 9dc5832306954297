// Which logs a witness follows, and by which keys it knows them.

import { CocoonError, fromHex, parseLogOrigin, type RawAddress } from "@cocoon/protocol";
import { type ChainClient, readProxyBond } from "@cocoon/sdk";
import type { WitnessConfig } from "../config/index.ts";
import type { WitnessModules } from "./witness.ts";

export type LogKeysOptions = Pick<WitnessConfig, "logs" | "networkId"> & {
  /** Without it only the logs that are named by hand are followed. */
  readonly chain: ChainClient | undefined;
  readonly now: () => number;
};

/** A bond may name another log key: so long an old one is still believed. Absence is remembered as long. */
const keptMs = 60_000;
/** Whoever asks makes up origins for free. */
const keptMax = 4_096;

type Kept = { readonly key: Promise<Uint8Array | undefined>; readonly atMs: number };

/**
 * Finds the key of a log by its origin: one that is named by hand has its own, and one of this network that of its bond.
 * Undefined for all others. Throws chain_unavailable.
 */
export function createLogKeys(options: LogKeysOptions): WitnessModules["logKeyOf"] {
  const { chain, logs = [], networkId, now } = options;
  const named = new Map(logs.map(({ origin, publicKey }) => [origin, fromHex(publicKey)]));
  const kept = new Map<RawAddress, Kept>();
  const ask = (client: ChainClient, bond: RawAddress): Promise<Uint8Array | undefined> => {
    const key = readLogKey(client, bond);
    if (kept.size >= keptMax) kept.delete(kept.keys().next().value ?? "");
    kept.set(bond, { key, atMs: now() });
    key.catch(() => kept.delete(bond)); // A failure is no answer: the next request asks again.
    return key;
  };
  return async (origin) => {
    const own = named.get(origin);
    if (own !== undefined) return own;
    const log = parseLogOrigin(origin);
    if (chain === undefined || log?.networkId !== networkId) return undefined;
    const known = kept.get(log.bond);
    const isFresh = known !== undefined && Math.abs(now() - known.atMs) < keptMs;
    if (isFresh) return await known.key;
    kept.delete(log.bond);
    return await ask(chain, log.bond);
  };
}

/** Undefined where no bond stands, or one that is not registered. */
async function readLogKey(client: ChainClient, bond: RawAddress): Promise<Uint8Array | undefined> {
  try {
    const state = await readProxyBond(client, bond);
    return state === undefined || state.phase === "unregistered" ? undefined : state.logKey;
  } catch (error) {
    if (error instanceof CocoonError && error.code === "contract_unexpected") return undefined;
    throw error;
  }
}
