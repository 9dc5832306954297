// Whose receipts a log holds, as the log itself says: believed as far as hashes and bonds bear it out.

import { isVouchedFor } from "@cocoon/contracts";
import { CocoonError, type RawAddress } from "@cocoon/protocol";
import { type ChainClient, readWorkerBond } from "@cocoon/sdk";
import type { Logger } from "../observe/index.ts";
import type { BondedKey } from "./finding.ts";
import type { Identities } from "./identities.ts";
import type { TileReader } from "./tile-reader.ts";

export type SignerModules = {
  readonly chain: ChainClient;
  readonly identities: Identities;
  readonly logger: Logger;
};

/** Workers that are asked about at once: a log that names more is not followed into each. */
const identitiesMax = 256;

/**
 * Asks a log who the workers with these claims are, hashes in hex. What it does not tell is no fault: receipts alone name
 * claims by their hash. What it tells wrongly is refused, and keeps nobody from what others tell.
 */
export async function learnSigners(
  { chain, identities, logger }: SignerModules,
  { hashes, reader, log }: SignerQuestion,
): Promise<void> {
  const unknown = new Set(hashes.filter((hash) => !identities.knows(hash)));
  for (const hash of [...unknown].slice(0, identitiesMax)) {
    try {
      const identity = await reader.identity(hash);
      const said = identity && identities.learnPublished(identity);
      if (said !== undefined && (await answersFor(chain, said))) identities.bind(said);
    } catch (error) {
      if (!(error instanceof CocoonError)) throw error;
      logger.warn("identity_refused", { code: error.code, contract: log });
    }
  }
}

export type SignerQuestion = {
  readonly hashes: readonly string[];
  readonly reader: TileReader;
  /** The bond of the log that is asked. */
  readonly log: RawAddress;
};

/** Whether the bond on chain vouches for the key: what a log says of a bond would else stand in a report's way. */
async function answersFor(chain: ChainClient, { bond, identity }: BondedKey): Promise<boolean> {
  const state = await readWorkerBond(chain, bond);
  const place = { networkId: chain.networkId, bond };
  return state !== undefined && isVouchedFor(state.bondKey, identity, place);
}
