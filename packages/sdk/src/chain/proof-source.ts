// One server that gives account proofs over HTTP, in the form of TonAPI ("Lite Server" of tonkeeper/opentonapi).

import { CocoonError, fromHex, JsonReader, parseJson, type RawAddress } from "@cocoon/protocol";
import type { AccountProof } from "../account/index.ts";
import type { Clock } from "./clock.ts";
import { EndpointHealth } from "./endpoint-health.ts";
import type { RequestPace } from "./request-pace.ts";

export type ProofSourceOptions = {
  /** Of the server, without a path. */
  readonly origin: string;
  readonly clock: Clock;
  /** Shared with whatever else is asked of the same server. */
  readonly pace: RequestPace;
  readonly requestTimeoutMs: number;
};

const bagLengthMax = 2_097_152;
const malformed = "account_proof_malformed";
/** A server that has no such path, or none for this verb. */
const unsupportedStatuses = new Set([404, 405, 501]);

export class ProofSource {
  readonly origin: string;
  readonly health: EndpointHealth = new EndpointHealth();
  readonly #options: ProofSourceOptions;
  #answers: boolean | undefined;

  constructor(options: ProofSourceOptions) {
    this.origin = options.origin;
    this.#options = options;
  }

  /** Whether the server has account proofs; undefined before it was asked. Once it had, it has. */
  get answers(): boolean | undefined {
    return this.#answers;
  }

  /**
   * The proof of an account in the newest block, or undefined when the server has no proofs at all. Throws
   * account_proof_malformed, and chain_unavailable when it gives none now.
   */
  async fetch(address: RawAddress): Promise<AccountProof | undefined> {
    const { origin, pace, requestTimeoutMs } = this.#options;
    if (!(await pace.turn())) throw unavailable("too many requests wait");
    const response = await fetch(`${origin}/v2/liteserver/get_account_state/${address}`, {
      signal: AbortSignal.timeout(requestTimeoutMs),
    }).catch(() => {
      throw unavailable("no answer");
    });
    const text = await response.text().catch(() => "");
    if (response.ok) {
      const proof = readProof(text);
      this.#answers = true;
      return proof;
    }
    if (this.#answers !== true && unsupportedStatuses.has(response.status)) {
      this.#answers = false;
      return undefined;
    }
    throw unavailable(`status ${response.status}`);
  }
}

function readProof(text: string): AccountProof {
  const json = new JsonReader(parseJson(text, malformed), malformed);
  const id = json.object("id");
  const bag = (name: string): Uint8Array => {
    const bytes = fromHex(json.string(name, bagLengthMax).toLowerCase());
    if (bytes === undefined) throw new CocoonError(malformed, { field: name });
    return bytes;
  };
  return {
    block: {
      seqno: id.uint("seqno"),
      rootHash: id.string("root_hash", 64).toLowerCase(),
      fileHash: id.string("file_hash", 64).toLowerCase(),
    },
    shardProof: bag("shard_proof"),
    proof: bag("proof"),
    state: bag("state"),
  };
}

function unavailable(reason: string): CocoonError {
  return new CocoonError("chain_unavailable", { reason });
}
