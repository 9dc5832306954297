import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, suite, test } from "node:test";
import { toHex } from "@cocoon/protocol";
import { loadSeeds } from "./keys.ts";

const devnet = { networkId: -7239 };

suite("loadSeeds()", () => {
  const folder = mkdtempSync(join(tmpdir(), "cocoon-keys-"));
  after(() => rmSync(folder, { recursive: true, force: true }));

  test("refuses to keep keys of a public network in clear", () => {
    const path = join(folder, "mainnet.json");
    assert.throws(() => loadSeeds(path, ["wallet"], { networkId: -239 }), {
      code: "option_invalid",
    });
  });

  test("makes keys once, readable by their owner alone", () => {
    const path = join(folder, "plain.json");
    const first = loadSeeds(path, ["wallet", "session"], devnet);
    assert.deepEqual(loadSeeds(path, ["wallet", "session"], devnet), first);
    assert.notDeepEqual(first.wallet, first.session);
    assert.equal(statSync(path).mode & 0o777, 0o600);
  });

  test("seals keys under a passphrase, and opens them with that one alone", () => {
    const path = join(folder, "sealed.json");
    const sealed = { networkId: -239, passphrase: "correct horse" };
    const first = loadSeeds(path, ["wallet"], sealed);
    assert.ok(!readFileSync(path, "utf8").includes(toHex(first.wallet)));
    assert.deepEqual(loadSeeds(path, ["wallet"], sealed), first);
    const wrong = { code: "option_invalid" };
    assert.throws(() => loadSeeds(path, ["wallet"], { ...sealed, passphrase: "wrong" }), wrong);
    assert.throws(() => loadSeeds(path, ["wallet"], devnet), wrong);
  });

  test("says what to do when an earlier release made the file, which knew fewer keys", () => {
    const path = join(folder, "earlier.json");
    loadSeeds(path, ["wallet"], devnet);
    assert.throws(() => loadSeeds(path, ["wallet", "council"], devnet), {
      code: "option_invalid",
      message: /earlier\.json.*no key "council".*another home directory/,
    });
  });

  test("refuses a keystore that was altered, or is no keystore", () => {
    const path = join(folder, "altered.json");
    const sealed = { networkId: -239, passphrase: "p" };
    loadSeeds(path, ["wallet"], sealed);
    const text = readFileSync(path, "utf8");
    const flipped = text.replace(/"sealed": "(.)/, (_all, digit: string) => {
      return `"sealed": "${digit === "0" ? "1" : "0"}`;
    });
    for (const bad of [flipped, "{}", "", text.replace('"version": 1', '"version": 2')]) {
      writeFileSync(path, bad);
      assert.throws(() => loadSeeds(path, ["wallet"], sealed), { code: "option_invalid" });
    }
  });
});
