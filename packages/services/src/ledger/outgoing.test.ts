import { nanotons, type RawAddress } from "@cocoon/protocol";
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, suite, test } from "node:test";
import { openStore } from "../store/index.ts";
import { ledgerMigrations } from "./migrations.ts";
import { OutgoingLedger } from "./outgoing.ts";

const payee = `0:${"aa".repeat(32)}`;
const channel = (digit: string): RawAddress => `0:${digit.repeat(64)}`;
const intended = (address: RawAddress) => {
  return { address, payee, closeTimeoutSeconds: 60, salt: 2n ** 62n - 1n, deposit: nanotons(9n) };
};

suite("OutgoingLedger", () => {
  const folder = mkdtempSync(join(tmpdir(), "cocoon-outgoing-"));
  const path = join(folder, "role.db");
  let store = openStore(path, ledgerMigrations);
  after(() => {
    store.close();
    rmSync(folder, { recursive: true, force: true });
  });

  test("refuses the same intent twice, and forgets only what never opened", async () => {
    const ledger = new OutgoingLedger(store);
    await ledger.intend(intended(channel("1")));
    await assert.rejects(ledger.intend(intended(channel("1"))));
    await ledger.forget(channel("1"));
    assert.equal(ledger.find(channel("1")), undefined);
    await ledger.intend(intended(channel("2")));
    await ledger.recordChain(channel("2"), "open", nanotons(9n));
    await ledger.forget(channel("2"));
    assert.equal(ledger.find(channel("2"))?.phase, "open");
  });

  test("findByPayee() gives the newest channel that is not closed, also after a restart", async () => {
    let ledger = new OutgoingLedger(store);
    await ledger.intend(intended(channel("3")));
    assert.equal(ledger.findByPayee(payee)?.address, channel("3"));
    await ledger.recordChain(channel("3"), "closed", nanotons(9n));
    assert.equal(ledger.findByPayee(payee)?.address, channel("2"));
    assert.equal(ledger.findByPayee(channel("9")), undefined);
    store.close();
    store = openStore(path, ledgerMigrations);
    ledger = new OutgoingLedger(store);
    assert.deepEqual(ledger.findByPayee(payee), {
      ...intended(channel("2")),
      phase: "open",
      owed: 0n,
    });
    assert.deepEqual(
      ledger.list().map(({ phase }) => phase),
      ["open", "closed"],
    );
  });

  test("owe() adds up, and what its transaction undoes is not owed", async () => {
    const ledger = new OutgoingLedger(store);
    await Promise.all(
      [1n, 2n, 3n].map((amount) =>
        store.commit((db) => ledger.owe(db, channel("2"), nanotons(amount))),
      ),
    );
    const undone = store.commit((db) => {
      ledger.owe(db, channel("2"), nanotons(100n));
      throw new RangeError("the receipt was refused");
    });
    await assert.rejects(undone, RangeError);
    assert.equal(ledger.find(channel("2"))?.owed, 6n);
  });
});
