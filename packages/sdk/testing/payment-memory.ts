// A payment store for tests: what survives a crash of the purse, and can be made to fail.

import { CocoonError, type Nanotons, nanotons, type RawAddress } from "@cocoon/protocol";
import type { AcceptedAnswer, PaymentStore } from "../src/spend/index.ts";

export class PaymentMemory implements PaymentStore {
  readonly #answers = new Map<string, AcceptedAnswer>();
  #next = 0;
  isFailing = false;

  async reserveSequences(_channel: RawAddress, count: number): Promise<number> {
    await this.#write();
    const first = this.#next;
    this.#next += count;
    return first;
  }

  async accept(answer: AcceptedAnswer): Promise<void> {
    await this.#write();
    this.#answers.set(answer.request, answer);
  }

  spent(): Promise<Nanotons> {
    const amounts = [...this.#answers.values()].map(({ amount }) => amount);
    return Promise.resolve(nanotons(amounts.reduce((sum, amount) => sum + amount, 0n)));
  }

  reconcile(requests: readonly string[]): Promise<readonly string[]> {
    return Promise.resolve(requests.filter((request) => this.#answers.has(request)));
  }

  async #write(): Promise<void> {
    await Promise.resolve();
    if (this.isFailing) throw new CocoonError("storage_failed");
  }
}

/** An answer of which only the name and the amount matter. */
export function acceptedAnswer(
  channel: RawAddress,
  request: string,
  amount: bigint,
): AcceptedAnswer {
  const empty = new Uint8Array();
  const log = { bond: channel, publicKey: empty };
  const proof = { receipt: empty, salt: empty, promise: empty, log, bundle: empty };
  return { request, channel, amount: nanotons(amount), ...proof, acceptedAtMs: 0 };
}
