// Accounts that are proven, from whichever server proves them.

import { CocoonError, networkIds, type RawAddress } from "@cocoon/protocol";
import { type ProvenAccount, verifyAccountProof } from "../account/index.ts";
import type { BlockVouchers } from "./block-vouchers.ts";
import type { Clock } from "./clock.ts";
import type { ProofSource } from "./proof-source.ts";

export type AccountProverModules = {
  readonly sources: readonly ProofSource[];
  readonly vouchers: BlockVouchers;
  readonly clock: Clock;
  readonly networkId: number;
};

/** A block of a public network comes every 400 ms; what is older than this is not what the account is now. */
const ageMaxMs = 60_000;
/** How far a server may be behind the newest block that was vouched for. */
const blocksBehindMax = 64;

export class AccountProver {
  readonly #modules: AccountProverModules;
  #newestSeqno = 0;

  constructor(modules: AccountProverModules) {
    this.#modules = modules;
  }

  /**
   * The account, proven; or undefined when no server has proofs, or too few servers could vouch for a block. Where a server
   * has proofs and none of them holds, throws why: account_proof_*, block_disputed or chain_unavailable.
   */
  async prove(address: RawAddress): Promise<ProvenAccount | undefined> {
    let refusal: CocoonError | undefined;
    for (const source of this.#inOrder()) {
      try {
        const proven = await this.#proveBy(source, address);
        if (proven === undefined) continue;
        source.health.succeeded();
        return proven;
      } catch (error) {
        if (!(error instanceof CocoonError) || error.code === "network_mismatch") throw error;
        source.health.failed(this.#modules.clock.nowMs());
        // A server that never answered may be none that proves.
        if (source.answers === true || error.code !== "chain_unavailable") refusal ??= error;
      }
    }
    if (refusal !== undefined) throw refusal;
    return undefined;
  }

  #inOrder(): readonly ProofSource[] {
    const { clock, sources, vouchers } = this.#modules;
    const usable = sources.filter((source) => {
      return source.answers !== false && vouchers.areEnough(source.origin);
    });
    const nowMs = clock.nowMs();
    const isResting = ({ health }: ProofSource): boolean => health.restsUntilMs > nowMs;
    return [...usable.filter((source) => !isResting(source)), ...usable.filter(isResting)];
  }

  async #proveBy(source: ProofSource, address: RawAddress): Promise<ProvenAccount | undefined> {
    const { networkId, vouchers } = this.#modules;
    const proof = await source.fetch(address);
    if (proof === undefined) return undefined;
    const proven = verifyAccountProof(proof, { networkId, address });
    await vouchers.assertNamed(proven.block, source.origin);
    this.#requireFresh(proven);
    this.#newestSeqno = Math.max(this.#newestSeqno, proven.block.seqno);
    return proven;
  }

  /** A devnet's clock is its own, so there the number of the block alone counts. */
  #requireFresh({ block, atSeconds }: ProvenAccount): void {
    const { clock, networkId } = this.#modules;
    const isPublic = networkId !== networkIds.devnet;
    const isOld = isPublic && clock.nowMs() - atSeconds * 1_000 > ageMaxMs;
    const behindMax = isPublic ? blocksBehindMax : 0;
    if (isOld || block.seqno < this.#newestSeqno - behindMax) {
      throw new CocoonError("account_proof_stale", { seqno: block.seqno });
    }
  }
}
