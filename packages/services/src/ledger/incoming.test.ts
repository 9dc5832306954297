import {
  CocoonError,
  createSigningKey,
  nanotons,
  type RawAddress,
  signVoucher,
  type Voucher,
} from "@cocoon/protocol";
import * as fc from "fast-check";
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, suite, test } from "node:test";
import { openStore, type Store } from "../store/index.ts";
import { type ChargeState, IncomingLedger } from "./incoming.ts";
import { ledgerMigrations } from "./migrations.ts";

const networkId = -7239;
const payer = `0:${"ee".repeat(32)}`;
const key = createSigningKey(new Uint8Array(32).fill(1));
const channels: readonly RawAddress[] = [`0:${"aa".repeat(32)}`, `0:${"bb".repeat(32)}`];
const deposit = nanotons(1_000n);

const refused = (code: string) => (error: unknown) =>
  error instanceof CocoonError && error.code === code;
const voucherOf = (channel: RawAddress, cumulative: bigint, signer = key): Voucher =>
  signVoucher(signer, networkId, channel, nanotons(cumulative));

/** A ledger whose file can be closed and opened again. */
class Books {
  readonly #path: string;
  #store: Store;
  ledger: IncomingLedger;

  private constructor(path: string) {
    this.#path = path;
    this.#store = openStore(path, ledgerMigrations);
    this.ledger = new IncomingLedger(this.#store, networkId);
  }

  static async open(path: string): Promise<Books> {
    const books = new Books(path);
    for (const address of channels) await books.record(address, "open");
    return books;
  }

  record(address: RawAddress, phase: "open" | "closing"): Promise<void> {
    const sessionKey = key.publicKey;
    const claimed = nanotons(0n);
    const seenAtMs = 1;
    return this.ledger.recordChain({
      address,
      payer,
      sessionKey,
      phase,
      deposit,
      claimed,
      seenAtMs,
    });
  }

  charge(request: string, channel: RawAddress, amount: bigint): Promise<void> {
    return this.#store.commit((db) =>
      this.ledger.charge(db, { request, channel, amount: nanotons(amount), atMs: 1 }),
    );
  }

  reopen(): void {
    this.#store.close();
    this.#store = openStore(this.#path, ledgerMigrations);
    this.ledger = new IncomingLedger(this.#store, networkId);
  }

  close(): void {
    this.#store.close();
  }
}

type Step =
  | { readonly kind: "charge"; readonly request: number; readonly amount: bigint }
  | { readonly kind: "post" | "release"; readonly requests: readonly number[] }
  | { readonly kind: "voucher"; readonly channel: number; readonly cumulative: bigint }
  | { readonly kind: "reopen" | "closing" };

const request = fc.nat(11);
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant("charge"), request, amount: fc.bigInt(0n, 300n) }),
  fc.record({
    kind: fc.constantFrom("post", "release"),
    requests: fc.array(request, { maxLength: 4 }),
  }),
  fc.record({
    kind: fc.constant("voucher"),
    channel: fc.nat(1),
    cumulative: fc.bigInt(0n, 1_200n),
  }),
  fc.record({ kind: fc.constantFrom("reopen", "closing") }),
);

/** What the books should say, kept in the plainest way there is. */
class Model {
  readonly charges = new Map<string, { channel: RawAddress; amount: bigint; state: ChargeState }>();
  readonly vouchered = new Map<RawAddress, bigint>();

  sum(channel: RawAddress, state: ChargeState): bigint {
    const fitting = [...this.charges.values()].filter(
      (charge) => charge.channel === channel && charge.state === state,
    );
    return fitting.reduce((total, { amount }) => total + amount, 0n);
  }

  finish(requests: readonly string[], state: "posted" | "released"): void {
    for (const name of requests) {
      const charge = this.charges.get(name);
      if (charge?.state === "pending") charge.state = state;
    }
  }
}

/** Which channel a request belongs to follows from its number. */
const channelOf = (number: number): RawAddress => channels[number % 2] ?? "";
const nameOf = (number: number): string => number.toString(16).padStart(32, "0");

async function takeCharge(books: Books, model: Model, number: number, amount: bigint) {
  const name = nameOf(number);
  const channel = channelOf(number);
  const charging = books.charge(name, channel, amount);
  if (model.charges.has(name)) {
    await assert.rejects(charging, refused("sealed_replayed"));
    return;
  }
  await charging;
  model.charges.set(name, { channel, amount, state: "pending" });
}

async function takeVoucher(books: Books, model: Model, channel: RawAddress, cumulative: bigint) {
  const holding = books.ledger.holdVoucher(voucherOf(channel, cumulative));
  if (cumulative > deposit) {
    await assert.rejects(holding, refused("voucher_exceeds_deposit"));
    return;
  }
  const before = model.vouchered.get(channel) ?? 0n;
  const held = cumulative > before ? cumulative : before;
  model.vouchered.set(channel, held);
  assert.equal(await holding, held);
}

async function take(books: Books, model: Model, done: Step): Promise<void> {
  switch (done.kind) {
    case "charge":
      await takeCharge(books, model, done.request, done.amount);
      return;
    case "post":
    case "release": {
      const names = done.requests.map(nameOf);
      await books.ledger[done.kind](names);
      model.finish(names, done.kind === "post" ? "posted" : "released");
      return;
    }
    case "voucher":
      await takeVoucher(books, model, channels[done.channel] ?? "", done.cumulative);
      return;
    case "reopen":
      books.reopen();
      return;
    case "closing":
      for (const address of channels) await books.record(address, "closing");
  }
}

function compare(books: Books, model: Model): void {
  for (const channel of channels) {
    const row = books.ledger.find(channel);
    assert.ok(row !== undefined);
    assert.equal(row.pending, model.sum(channel, "pending"));
    assert.equal(row.posted, model.sum(channel, "posted"));
    assert.equal(row.released, model.sum(channel, "released"));
    assert.equal(row.vouchered, model.vouchered.get(channel) ?? 0n);
    assert.equal(row.voucher?.cumulative ?? 0n, row.vouchered);
    const pending = [...model.charges].filter(
      ([, charge]) => charge.channel === channel && charge.state === "pending",
    );
    assert.deepEqual(
      books.ledger.pendingRequests(channel),
      pending.map(([name]) => name),
    );
  }
  for (const [name, { state }] of model.charges) {
    assert.equal(books.ledger.chargeState(name), state);
  }
}

suite("IncomingLedger", () => {
  const folder = mkdtempSync(join(tmpdir(), "cocoon-ledger-"));
  const opened: Books[] = [];
  const open = async (): Promise<Books> => {
    const books = await Books.open(join(folder, `${opened.length}.db`));
    opened.push(books);
    return books;
  };
  after(() => {
    for (const books of opened) books.close();
    rmSync(folder, { recursive: true, force: true });
  });

  test("holdVoucher() refuses a stranger's signature, another channel's, and a channel that it does not know", async () => {
    const { ledger } = await open();
    const [channel = "", other = ""] = channels;
    const stranger = createSigningKey(new Uint8Array(32).fill(2));
    const forged = ledger.holdVoucher(voucherOf(channel, 5n, stranger));
    await assert.rejects(forged, refused("voucher_signature_invalid"));
    const moved = ledger.holdVoucher({ ...voucherOf(other, 5n), channel });
    await assert.rejects(moved, refused("voucher_signature_invalid"));
    const unknown = ledger.holdVoucher(voucherOf(payer, 5n));
    await assert.rejects(unknown, refused("channel_unknown"));
    assert.equal(ledger.find(channel)?.voucher, undefined);
  });

  test("holdVoucher() keeps the greatest of vouchers that come at once", async () => {
    const { ledger } = await open();
    const [channel = ""] = channels;
    const amounts = [3n, 9n, 1n, 7n, 9n];
    await Promise.all(amounts.map((amount) => ledger.holdVoucher(voucherOf(channel, amount))));
    assert.deepEqual(ledger.find(channel)?.voucher, voucherOf(channel, 9n));
  });

  test("charge() refuses a channel that is not in the books", async () => {
    const books = await open();
    await assert.rejects(books.charge(nameOf(1), payer, 5n));
    assert.equal(books.ledger.chargeState(nameOf(1)), undefined);
  });

  test("the sums are those of the charges, in any order of charge(), post(), release() and holdVoucher(), and after every restart", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const books = await open();
        const model = new Model();
        for (const done of steps) await take(books, model, done);
        compare(books, model);
        books.reopen();
        compare(books, model);
      }),
      { numRuns: 40 },
    );
  });
});
