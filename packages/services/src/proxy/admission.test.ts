import { CocoonError, feeNanotons, nanotons, type RawAddress } from "@cocoon/protocol";
import * as fc from "fast-check";
import assert from "node:assert/strict";
import { test } from "node:test";
import type { IncomingChannel } from "../ledger/index.ts";
import { Admission } from "./admission.ts";

const address: RawAddress = `0:${"aa".repeat(32)}`;
const window = nanotons(100n);

type Sums = Partial<Record<"deposit" | "pending" | "posted" | "released" | "vouchered", bigint>>;

function channelOf(sums: Sums, phase: IncomingChannel["phase"] = "open"): IncomingChannel {
  const { deposit = 1_000n, pending = 0n, posted = 0n, released = 0n, vouchered = 0n } = sums;
  return {
    address,
    payer: address,
    sessionKey: new Uint8Array(32),
    phase,
    deposit: nanotons(deposit),
    claimed: nanotons(0n),
    pending: nanotons(pending),
    posted: nanotons(posted),
    released: nanotons(released),
    vouchered: nanotons(vouchered),
  };
}

function admissionTo(channel: IncomingChannel | undefined, feeBps = 0): Admission {
  return new Admission({ find: () => channel }, { creditWindow: window, feeBps });
}

function codeOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    assert.ok(error instanceof CocoonError);
    return error.code;
  }
  return "admitted";
}

test("reserve() refuses a channel that is unknown, closing or closed", () => {
  const ask = (channel: IncomingChannel | undefined): string =>
    codeOf(() => admissionTo(channel).reserve(address, nanotons(1n)));
  assert.equal(ask(undefined), "channel_unknown");
  assert.equal(ask(channelOf({}, "closing")), "channel_closed");
  assert.equal(ask(channelOf({}, "closed")), "channel_closed");
});

test("reserve() refuses at one nanoton too many, and says whether money, a voucher or patience is missing", () => {
  const cases: readonly (readonly [Sums, bigint, bigint, string])[] = [
    // sums, reserved, asked, outcome
    [{ deposit: 50n }, 0n, 50n, "admitted"],
    [{ deposit: 50n }, 0n, 51n, "balance_insufficient"],
    [{ deposit: 50n, posted: 20n, pending: 10n, vouchered: 30n }, 0n, 21n, "balance_insufficient"],
    [{ deposit: 50n }, 30n, 20n, "admitted"],
    [{ deposit: 50n }, 30n, 21n, "queue_full"],
    [{}, 0n, 100n, "admitted"],
    [{}, 0n, 101n, "credit_exhausted"],
    [{ posted: 40n }, 0n, 60n, "admitted"],
    [{ posted: 40n }, 0n, 61n, "credit_exhausted"],
    [{ posted: 40n, vouchered: 40n }, 0n, 61n, "admitted"],
    [{ pending: 40n }, 0n, 61n, "credit_exhausted"],
    [{ released: 40n }, 0n, 60n, "admitted"],
    [{ released: 40n }, 0n, 61n, "credit_exhausted"],
    [{ released: 40n }, 30n, 31n, "queue_full"],
    [{}, 60n, 41n, "queue_full"],
    [{ posted: 30n }, 60n, 11n, "credit_exhausted"],
    [{ posted: 30n }, 60n, 41n, "queue_full"],
  ];
  for (const [sums, reserved, asked, outcome] of cases) {
    const admission = admissionTo(channelOf(sums));
    if (reserved > 0n) admission.reserve(address, nanotons(reserved));
    assert.equal(
      codeOf(() => admission.reserve(address, nanotons(asked))),
      outcome,
    );
  }
});

test("suspend() waits for requests in flight, admits none, and is over when its result is called", () => {
  const admission = admissionTo(channelOf({}));
  const reservation = admission.reserve(address, nanotons(1n));
  assert.equal(
    codeOf(() => admission.suspend(address)),
    "queue_full",
  );
  reservation.release();
  const resume = admission.suspend(address);
  assert.equal(
    codeOf(() => admission.reserve(address, nanotons(1n))),
    "channel_closed",
  );
  assert.equal(
    codeOf(() => admission.suspend(address)),
    "queue_full",
  );
  resume();
  assert.equal(
    codeOf(() => admission.reserve(address, nanotons(1n))),
    "admitted",
  );
});

test("what is reserved is what was admitted and not released, and never more than deposit or window", () => {
  const wish = fc.record({ amount: fc.bigInt(0n, 60n), releases: fc.nat(5) });
  fc.assert(
    fc.property(fc.array(wish, { maxLength: 60 }), (wishes) => {
      const admission = admissionTo(channelOf({ deposit: 90n }));
      const held: { amount: bigint; release: () => void }[] = [];
      for (const { amount, releases } of wishes) {
        const done = held[releases];
        if (done !== undefined) {
          done.release();
          done.release();
          held.splice(releases, 1);
        }
        if (
          codeOf(() => held.push({ amount, ...admission.reserve(address, nanotons(amount)) })) !==
          "admitted"
        )
          continue;
      }
      const sum = held.reduce((total, { amount }) => total + amount, 0n);
      assert.equal(admission.reserved(address), sum);
      assert.ok(sum <= 90n);
    }),
    { numRuns: 200 },
  );
});

test("reserve() forgives what was released out of the fee in what was acknowledged and paid", () => {
  const cases: readonly (readonly [Sums, bigint, string])[] = [
    // sums, asked, outcome; the fee is a quarter of the work, a fifth of the sum
    [{ released: 40n, posted: 50n, vouchered: 50n }, 70n, "admitted"],
    [{ released: 40n, posted: 50n, vouchered: 50n }, 71n, "credit_exhausted"],
    [{ released: 40n, posted: 500n, vouchered: 500n }, 100n, "admitted"],
    [{ released: 40n, posted: 500n, vouchered: 500n }, 101n, "credit_exhausted"],
    // What is promised beyond the answers, or acknowledged and unpaid, forgives nothing.
    [{ released: 40n, vouchered: 50n, posted: 0n }, 110n, "admitted"],
    [{ released: 40n, vouchered: 50n, posted: 0n }, 111n, "credit_exhausted"],
    [{ released: 40n, posted: 50n }, 11n, "credit_exhausted"],
  ];
  for (const [sums, asked, outcome] of cases) {
    const admission = admissionTo(channelOf(sums), 2_500);
    const got = codeOf(() => admission.reserve(address, nanotons(asked)));
    assert.equal(
      got,
      outcome,
      JSON.stringify({ ...sums, asked }, (_name, value) => String(value)),
    );
  }
});

/** A client in one channel, as the proxy's books have it. */
class Client {
  readonly sums = { deposit: 10n ** 12n, pending: 0n, posted: 0n, released: 0n, vouchered: 0n };
  /** What the proxy owes to workers. */
  work = 0n;
  answers = 0n;
  readonly #feeBps: number;

  constructor(feeBps: number) {
    this.#feeBps = feeBps;
  }

  /** Whether an answer was admitted; it is pending then. */
  ask(work: bigint): bigint | undefined {
    const fee = feeNanotons(nanotons(work), this.#feeBps);
    const admission = admissionTo(channelOf(this.sums), this.#feeBps);
    const cost = work + fee;
    if (codeOf(() => admission.reserve(address, nanotons(cost))) !== "admitted") return undefined;
    this.work += work;
    this.answers += 1n;
    this.sums.pending += cost;
    return cost;
  }

  finish(cost: bigint, as: "posted" | "released"): void {
    this.sums.pending -= cost;
    this.sums[as] += cost;
  }

  pay(): void {
    this.sums.vouchered = this.sums.posted;
  }
}

test("whatever a client does with its answers, it costs the proxy one credit window at most", () => {
  const step = fc.record({
    work: fc.bigInt(1n, 90n),
    does: fc.constantFrom("keeps", "loses", "leaves", "pays"),
  });
  const steps = fc.array(step, { minLength: 1, maxLength: 400 });
  const feeBps = fc.constantFrom(0, 1, 100, 2_500, 10_000);
  fc.assert(
    fc.property(steps, feeBps, (actions, bps) => {
      const client = new Client(bps);
      for (const { work, does } of actions) {
        const cost = client.ask(work);
        if (cost !== undefined && does === "keeps") client.finish(cost, "posted");
        if (cost !== undefined && does === "loses") client.finish(cost, "released");
        if (does === "pays") client.pay();
        // A fee is rounded down for each answer, and once for all that was paid.
        const lost = client.work - client.sums.vouchered;
        assert.ok(lost <= window + client.answers, `${lost} lost`);
      }
    }),
    { numRuns: 300 },
  );
});

test("a client that pays is served for ever on a line that loses no more than the fee is worth", () => {
  const client = new Client(2_500);
  for (let answer = 1; answer <= 5_000; answer += 1) {
    const cost = client.ask(20n);
    assert.ok(cost !== undefined, `refused after ${answer} answers`);
    client.finish(cost, answer % 6 === 0 ? "released" : "posted");
    client.pay();
  }
  assert.ok(client.sums.released > 100n * window);
});
