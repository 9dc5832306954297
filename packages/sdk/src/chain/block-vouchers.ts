// Who says that a masterchain block is one of the network: endpoints of different servers. docs/decisions/account-proofs.md

import { CocoonError, fromBase64, JsonReader, parseJson, toHex } from "@cocoon/protocol";
import type { BlockId } from "../account/index.ts";
import type { Clock } from "./clock.ts";
import type { Endpoint } from "./endpoint.ts";
import { headersOf } from "./toncenter.ts";

export type BlockVouchersOptions = {
  readonly endpoints: readonly Endpoint[];
  readonly clock: Clock;
  readonly pollMs: number;
  readonly requestTimeoutMs: number;
  /** How many servers must name the block, the one that made the proof included. */
  readonly needed: number;
};

/** An endpoint may be some blocks behind. */
const looksMax = 5;
const rememberedMax = 256;
const masterchain = { workchain: -1, shard: "-9223372036854775808" };
const code = "chain_unavailable";

export class BlockVouchers {
  readonly #options: BlockVouchersOptions;
  readonly #known = new Set<string>();

  constructor(options: BlockVouchersOptions) {
    this.#options = options;
  }

  /** Whether there are enough servers at all, with a proof from this one. */
  areEnough(origin: string): boolean {
    const origins = new Set(this.#options.endpoints.map(({ options }) => originOf(options.url)));
    return origins.add(origin).size >= this.#options.needed;
  }

  /** Resolves when enough servers name this block. Throws block_disputed when they do not. */
  async assertNamed(block: BlockId, origin: string): Promise<void> {
    if (this.#known.has(block.rootHash)) return;
    const { endpoints, needed } = this.#options;
    const agreeing = new Set([origin]);
    for (const endpoint of endpoints) {
      if (agreeing.size >= needed) break;
      const other = originOf(endpoint.options.url);
      if (!agreeing.has(other) && (await this.#names(endpoint, block))) agreeing.add(other);
    }
    if (agreeing.size < needed) {
      const { seqno } = block;
      throw new CocoonError("block_disputed", { seqno, agreeing: agreeing.size, needed });
    }
    this.#known.add(block.rootHash);
    const [oldest] = this.#known;
    if (this.#known.size > rememberedMax && oldest !== undefined) this.#known.delete(oldest);
  }

  /** Whether an endpoint gives the same hash to the block of this number, once it has it. */
  async #names(endpoint: Endpoint, { seqno, rootHash }: BlockId): Promise<boolean> {
    const { clock, pollMs } = this.#options;
    for (let look = 0; look < looksMax; look += 1) {
      if (look > 0) await clock.wait(pollMs);
      const named = await this.#rootHashOf(endpoint, seqno);
      if (named !== undefined) return named === rootHash;
    }
    return false;
  }

  async #rootHashOf(endpoint: Endpoint, seqno: number): Promise<string | undefined> {
    try {
      await endpoint.ready();
      if (!(await endpoint.pace.turn())) return undefined;
      const params = { ...masterchain, seqno };
      const response = await fetch(endpoint.options.url, {
        method: "POST",
        headers: headersOf(endpoint.options),
        body: JSON.stringify({ id: "1", jsonrpc: "2.0", method: "lookupBlock", params }),
        signal: AbortSignal.timeout(this.#options.requestTimeoutMs),
      });
      const json = new JsonReader(parseJson(await response.text(), code), code);
      const hash = fromBase64(json.object("result").string("root_hash", 64));
      return hash === undefined ? undefined : toHex(hash);
    } catch (error) {
      if (error instanceof CocoonError && error.code === "network_mismatch") throw error;
      return undefined;
    }
  }
}

export function originOf(url: string): string {
  return URL.parse(url)?.origin ?? url;
}
