// Real quotes with real collateral, from a folder beside the project that is not part of it.

import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { intelTdx, type TrustProfile } from "./profile.ts";
import { openTdxCollateral } from "./tdx-collateral.ts";
import { normalizeTdxCollateral } from "./tdx-collateral-parts.ts";
import { parseTdxQuote } from "./tdx-quote.ts";
import { verifyTdxQuote } from "./tdx.ts";

const folder = new URL("../../../../../shared/vectors/", import.meta.url);
const skip = existsSync(folder) ? false : "no ../shared/vectors beside the project";
const sample = (name: string) => Uint8Array.from(readFileSync(new URL(name, folder)));
const text = (name: string) => normalizeTdxCollateral(readFileSync(new URL(name, folder), "utf8"));

const inFebruary = Date.parse("2026-02-25T00:00:00Z");
const inJune = Date.parse("2025-06-20T00:00:00Z");

async function verify(quote: string, collateral: string, nowMs: number) {
  const opened = await openTdxCollateral(text(collateral), intelTdx, nowMs);
  return verifyTdxQuote(sample(quote), opened, intelTdx, nowMs);
}

test(
  "verifyTdxQuote() accepts the official network's quote and gives its image hash",
  { skip },
  async () => {
    const collateral = "tdx_quote_outdated_collateral.json";
    const quote = await verify("cocoon_quote.dat", collateral, inFebruary);
    const expected = "04b3afd931d28680af91a15b09d672c40ad6b141f7f9089a8d67d595220f7436";
    assert.equal(quote.imageHash, expected);
    assert.equal(new Date(quote.expiresAtMs).toISOString(), "2026-03-20T10:41:15.000Z");
    assert.equal(quote.reportData.length, 64);
    assert.equal(quote.platformId.length, 32);
  },
);

test("verifyTdxQuote() accepts a second platform", { skip }, async () => {
  const quote = await verify("tdx_quote", "tdx_quote_collateral.json", inJune);
  assert.equal(quote.reportData.length, 64);
});

test(
  "verifyTdxQuote() refuses version 5 of a platform that reaches no level",
  { skip },
  async () => {
    assert.equal(parseTdxQuote(sample("tdx_quote_outdated")).report.mrServiceTd.length, 48);
    const collateral = "tdx_quote_outdated_collateral.json";
    await assert.rejects(verify("tdx_quote_outdated", collateral, inFebruary), {
      code: "tcb_unknown",
    });
  },
);

test(
  "verifyTdxQuote() refuses an SGX quote, and openTdxCollateral() SGX collateral",
  { skip },
  async () => {
    const collateral = "tdx_quote_collateral.json";
    await assert.rejects(verify("sgx_quote", collateral, inJune), { code: "quote_malformed" });
    const sgx = openTdxCollateral(text("sgx_quote_collateral.json"), intelTdx, inJune);
    await assert.rejects(sgx, { code: "collateral_invalid" });
  },
);

test("verifyTdxQuote() refuses collateral of another kind of platform", { skip }, async () => {
  const collateral = "tdx_quote_outdated_collateral.json";
  await assert.rejects(verify("tdx_quote", collateral, inFebruary), {
    code: "collateral_mismatch",
  });
});

test("openTdxCollateral() refuses real collateral under another root", { skip }, async () => {
  const other: TrustProfile<"tdx"> = { ...intelTdx, rootKeyId: "00".repeat(48) };
  const opened = openTdxCollateral(text("tdx_quote_collateral.json"), other, inJune);
  await assert.rejects(opened, { code: "chain_untrusted" });
});

test(
  "openTdxCollateral() refuses real collateral a day early and a month late",
  { skip },
  async () => {
    for (const day of ["2025-06-18", "2025-07-20"]) {
      const nowMs = Date.parse(day);
      const opened = openTdxCollateral(text("tdx_quote_collateral.json"), intelTdx, nowMs);
      await assert.rejects(opened, { code: "collateral_expired" }, day);
    }
  },
);
