import type { Cell } from "@ton/core";
import { CocoonError } from "@cocoon/protocol";
import type { ChainClient } from "./client.ts";

/** A node may lose a message that it took, so it is told again after so many looks. */
const looksBetweenSends = 10;

/** One external message on its way. Telling the network twice is harmless: the account executes it once. */
export class Broadcast {
  readonly #client: ChainClient;
  readonly #message: Cell;
  #looksUntilSend = 0;
  /** Whether any endpoint may have passed the message on. */
  #mayBeTaken = false;

  constructor(client: ChainClient, message: Cell) {
    this.#client = client;
    this.#message = message;
  }

  /**
   * Called before each look at the account: sends when it is time to. Returns the account's refusal when it is certain
   * that no endpoint passed the message on, so that it can never be executed; throws only network_mismatch.
   */
  async tell(): Promise<CocoonError | undefined> {
    if (this.#looksUntilSend > 0) {
      this.#looksUntilSend -= 1;
      return undefined;
    }
    try {
      await this.#client.sendExternal(this.#message);
      this.#looksUntilSend = looksBetweenSends;
      this.#mayBeTaken = true;
      return undefined;
    } catch (error) {
      return this.#judge(error);
    }
  }

  #judge(error: unknown): CocoonError | undefined {
    if (!(error instanceof CocoonError)) throw error;
    if (error.code === "transaction_failed") {
      return error.details["certain"] === true && !this.#mayBeTaken ? error : undefined;
    }
    if (error.code !== "chain_unavailable") throw error;
    this.#mayBeTaken = true;
    return undefined;
  }
}
