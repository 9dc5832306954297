// Which endpoint is asked, and what comes of it when it fails.

import { CocoonError } from "@cocoon/protocol";
import { exitCodeName } from "@cocoon/contracts";
import type { Clock } from "./clock.ts";
import { type Endpoint, endpointFailure } from "./endpoint.ts";
import type { Toncenter } from "./toncenter.ts";

/** One call of an endpoint's API: one request. */
export type EndpointCall<Value> = (client: Toncenter) => Promise<Value>;

/**
 * Asks one endpoint after another, starting with the one that answered last. One that fails rests for a growing while:
 * it is asked again before that only when all others have failed too.
 */
export class EndpointList {
  readonly #endpoints: readonly Endpoint[];
  readonly #clock: Clock;
  #current: Endpoint;

  constructor(endpoints: readonly Endpoint[], clock: Clock) {
    const [first] = endpoints;
    if (first === undefined) throw new RangeError("no endpoints");
    this.#endpoints = endpoints;
    this.#clock = clock;
    this.#current = first;
  }

  /** The endpoints, the one to ask first at the front. */
  inOrder(): readonly Endpoint[] {
    const nowMs = this.#clock.nowMs();
    const start = this.#endpoints.indexOf(this.#current);
    const round = [...this.#endpoints.slice(start), ...this.#endpoints.slice(0, start)];
    const rested = round.filter(({ health }) => health.restsUntilMs <= nowMs);
    const resting = round.filter(({ health }) => health.restsUntilMs > nowMs);
    const soonest = resting.toSorted(
      (left, right) => left.health.restsUntilMs - right.health.restsUntilMs,
    );
    return [...rested, ...soonest];
  }

  /** Calls `sent` when the first request leaves. Throws as ChainClient's methods do. */
  async ask<Value>(call: EndpointCall<Value>, sent: () => void = () => undefined): Promise<Value> {
    let reason = "";
    let tried = 0;
    for (const endpoint of this.inOrder()) {
      try {
        await endpoint.ready();
        if (!(await endpoint.pace.turn())) {
          reason ||= "too many requests wait";
          continue;
        }
        sent();
        tried += 1;
        const value = await call(endpoint.client);
        endpoint.health.succeeded();
        this.#current = endpoint;
        return value;
      } catch (error) {
        const isOurs = error instanceof CocoonError && error.code !== "chain_unavailable";
        if (isOurs) throw error;
        const failure = endpointFailure(error, endpoint.options);
        if (failure.rejected) throw rejection(failure.exitCode, tried === 1);
        endpoint.health.failed(this.#clock.nowMs());
        reason = failure.reason;
      }
    }
    throw new CocoonError("chain_unavailable", { reason, endpoints: this.#endpoints.length });
  }
}

/** Without the endpoint's own error as its cause: that holds the request, and so the API key. */
function rejection(exitCode: number | undefined, certain: boolean): CocoonError {
  const name = exitCode === undefined ? undefined : exitCodeName(exitCode);
  return new CocoonError("transaction_failed", {
    reason: "not accepted",
    certain,
    ...(exitCode !== undefined && { exitCode }),
    ...(name !== undefined && { name }),
  });
}
