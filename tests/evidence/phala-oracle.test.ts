// A second opinion on TDX quotes: @phala/dcap-qvl 0.3.9. It agrees wherever it is right; each case in which it accepts what
// this project refuses is in the second table. It is never part of what runs.

import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { test } from "node:test";
import phala from "@phala/dcap-qvl";
import {
  type CollateralOptions,
  createSimulatedVendor,
  type QuoteOptions,
  simulatedProfile,
} from "@cocoon/devnet";
import {
  CocoonError,
  concatBytes,
  intelTdx,
  normalizeTdxCollateral,
  openCollateral,
  parsePemCertificates,
  type TrustProfile,
  type VendorCollateral,
} from "@cocoon/protocol";

const nowMs = Date.parse("2026-02-25T12:00:00Z");
const dayMs = 86_400_000;
/** The other verifier knows Intel's TEE type alone, and takes another root. */
const profile: TrustProfile<"tdx"> = { ...simulatedProfile, teeType: 0x81 };
const vendor = await createSimulatedVendor({ nowMs: () => nowMs });

type Evidence = { readonly quote: Uint8Array; readonly collateral: string };

function fieldsOf(collateral: string): VendorCollateral {
  return JSON.parse(collateral) as VendorCollateral; // oxlint-disable-line no-unsafe-type-assertion -- the vendor made it
}

const [, rootDer = assert.fail("no root")] = parsePemCertificates(
  fieldsOf(await vendor.collateral()).tcb_info_issuer_chain,
  2,
);
const simulatedOracle = phala.QuoteVerifier.newWithRootCa(Buffer.from(rootDer));

/** "accepted", or the code that refuses. */
async function ours({ quote, collateral }: Evidence, by = profile, atMs = nowMs): Promise<string> {
  try {
    const opened = await openCollateral(collateral, by, atMs);
    await opened.verifyQuote(quote, atMs);
    return "accepted";
  } catch (error) {
    assert.ok(error instanceof CocoonError, String(error));
    return error.code;
  }
}

/** It gives a status, of which one alone is good, or throws whatever it meets. */
function theirs({ quote, collateral }: Evidence, by = simulatedOracle, atMs = nowMs): string {
  try {
    const { status } = by.verify(Buffer.from(quote), JSON.parse(collateral), atMs / 1_000);
    return status === "UpToDate" ? "accepted" : "refused";
  } catch {
    return "refused";
  }
}

const quoting = (changes: Partial<QuoteOptions> = {}) =>
  vendor.quote({
    measurement: "oracle",
    reportData: new Uint8Array(64),
    teeType: profile.teeType,
    ...changes,
  });
const evidence = async (
  changes: Partial<QuoteOptions>,
  collateral: CollateralOptions = {},
): Promise<Evidence> => {
  return { quote: await quoting(changes), collateral: await vendor.collateral(collateral) };
};
const usual = await evidence({});
const fields = fieldsOf(usual.collateral);
const stapling = (changes: Partial<VendorCollateral>): Evidence => {
  return { ...usual, collateral: JSON.stringify({ ...fields, ...changes }) };
};
const svn = (...first: number[]) =>
  evidence({ teeTcbSvn: Uint8Array.of(...first, ...new Uint8Array(13)) });
const septVeDisable = 1n << 28n;

/** Cases in which both say the same. */
const agreed: readonly (readonly [string, Evidence, string])[] = [
  ["a quote of version 4", usual, "accepted"],
  ["a quote of version 5", await evidence({ version: 5 }), "accepted"],
  [
    "performance counters",
    await evidence({ tdAttributes: septVeDisable | (1n << 63n) }),
    "accepted",
  ],
  ["an outdated platform", await evidence({}, { status: "OutOfDate" }), "tcb_out_of_date"],
  ["a revoked level", await evidence({}, { status: "Revoked" }), "tcb_out_of_date"],
  [
    "a level that asks for more",
    await evidence({}, { status: "SWHardeningNeeded" }),
    "tcb_out_of_date",
  ],
  ["a level with an unknown word", await evidence({}, { status: "?" }), "tcb_out_of_date"],
  ["an outdated quoting enclave", await evidence({}, { qeStatus: "OutOfDate" }), "tcb_out_of_date"],
  [
    "a foreign quoting enclave",
    await evidence({ qeMrSigner: new Uint8Array(32) }),
    "qe_identity_mismatch",
  ],
  ["a debuggable guest", await evidence({ tdAttributes: septVeDisable | 1n }), "debug_enabled"],
  ["a guest without SEPT_VE_DISABLE", await evidence({ tdAttributes: 0n }), "attributes_refused"],
  [
    "a guest that migrates",
    await evidence({ tdAttributes: septVeDisable | (1n << 29n) }),
    "attributes_refused",
  ],
  [
    "a service TD",
    await evidence({ version: 5, mrServiceTd: new Uint8Array(48).fill(1) }),
    "attributes_refused",
  ],
  ["an old TDX module", await svn(4, 1, 3), "tcb_out_of_date"],
  ["old microcode", await svn(5, 1, 2), "tcb_out_of_date"],
  ["microcode below every level", await svn(5, 1, 0), "tcb_unknown"],
  ["a revoked platform", await evidence({}, { revoked: "platform" }), "certificate_revoked"],
  ["a revoked authority", await evidence({}, { revoked: "authority" }), "certificate_revoked"],
  [
    "collateral that expired",
    await evidence({}, { expiresAtMs: nowMs - 1_000 }),
    "collateral_expired",
  ],
  [
    "collateral from the future",
    await evidence({}, { issuedAtMs: nowMs + 120_000 }),
    "collateral_expired",
  ],
  [
    "collateral of another family",
    await evidence({}, { fmspc: "00".repeat(6) }),
    "collateral_mismatch",
  ],
  [
    "another TCB signature",
    stapling({ tcb_info_signature: fields.qe_identity_signature }),
    "collateral_invalid",
  ],
  [
    "an edited QE identity",
    stapling({ qe_identity: fields.qe_identity.replace('"isvprodid":2', '"isvprodid":3') }),
    "collateral_invalid",
  ],
  ["an edited report", { ...usual, quote: usual.quote.with(200, 1) }, "quote_signature_invalid"],
  ["an edited header", { ...usual, quote: usual.quote.with(40, 1) }, "quote_signature_invalid"],
];

/** Cases in which the other verifier accepts what must be refused. */
const acceptedThereAlone: readonly (readonly [string, Evidence, string])[] = [
  [
    "a platform's revocation list of one byte",
    stapling({ pck_crl: "00" }),
    "certificate_malformed",
  ],
  ["no platform's revocation list", stapling({ pck_crl: "" }), "certificate_malformed"],
  [
    "a platform's revocation list that is no hex",
    stapling({ pck_crl: "zz" }),
    "collateral_invalid",
  ],
  [
    "a platform's revocation list with a broken signature",
    stapling({ pck_crl: `${fields.pck_crl.slice(0, -2)}00` }),
    "crl_invalid",
  ],
  [
    "a root's revocation list of one byte",
    stapling({ root_ca_crl: "00" }),
    "certificate_malformed",
  ],
  ["no root's revocation list", stapling({ root_ca_crl: "" }), "certificate_malformed"],
  [
    "a root's revocation list with a broken signature",
    stapling({ root_ca_crl: `${fields.root_ca_crl.slice(0, -2)}00` }),
    "crl_invalid",
  ],
  [
    "the two revocation lists swapped",
    stapling({ pck_crl: fields.root_ca_crl, root_ca_crl: fields.pck_crl }),
    "crl_invalid",
  ],
  [
    "revocation lists that are a year old",
    await evidence(
      {},
      { listsIssuedAtMs: nowMs - 400 * dayMs, listsExpireAtMs: nowMs - 370 * dayMs },
    ),
    "crl_invalid",
  ],
  [
    "revocation lists of tomorrow",
    await evidence({}, { listsIssuedAtMs: nowMs + dayMs, listsExpireAtMs: nowMs + 30 * dayMs }),
    "crl_invalid",
  ],
  [
    "a revocation list with another signer's chain",
    stapling({ pck_crl_issuer_chain: fields.tcb_info_issuer_chain }),
    "chain_untrusted",
  ],
  [
    "a TDX module of a version that the vendor does not name",
    await svn(5, 9, 3),
    "tdx_module_mismatch",
  ],
  [
    "bytes after the quote",
    { ...usual, quote: concatBytes(usual.quote, Uint8Array.of(1)) },
    "quote_malformed",
  ],
  [
    "another end of the certificates",
    { ...usual, quote: usual.quote.with(usual.quote.length - 1, 0) },
    "quote_malformed",
  ],
  [
    "collateral in another spelling",
    { ...usual, collateral: JSON.stringify(fields, undefined, 1) },
    "collateral_invalid",
  ],
];

for (const [what, shown, verdict] of agreed) {
  test(`openCollateral() and @phala/dcap-qvl agree on ${what}`, async () => {
    assert.equal(await ours(shown), verdict);
    assert.equal(theirs(shown), verdict === "accepted" ? "accepted" : "refused");
  });
}

for (const [what, shown, code] of acceptedThereAlone) {
  test(`openCollateral() refuses ${what}, which @phala/dcap-qvl accepts`, async () => {
    assert.equal(await ours(shown), code);
    assert.equal(theirs(shown), "accepted");
  });
}

const folder = new URL("../../../shared/vectors/", import.meta.url);
const skip = existsSync(folder) ? false : "no ../shared/vectors beside the project";
const oracle = phala.QuoteVerifier.newProd();

const recorded = [
  ["cocoon_quote.dat", "tdx_quote_outdated_collateral.json", "2026-02-25", "accepted"],
  ["tdx_quote", "tdx_quote_collateral.json", "2025-06-20", "accepted"],
  ["tdx_quote_outdated", "tdx_quote_outdated_collateral.json", "2026-02-25", "tcb_unknown"],
  ["tdx_quote", "tdx_quote_outdated_collateral.json", "2026-02-25", "collateral_mismatch"],
  ["sgx_quote", "tdx_quote_collateral.json", "2025-06-20", "quote_malformed"],
  ["cocoon_quote.dat", "tdx_quote_outdated_collateral.json", "2026-04-01", "collateral_expired"],
] as const;

for (const [quoteName, collateralName, day, verdict] of recorded) {
  const title = `openCollateral() and @phala/dcap-qvl agree on ${quoteName} with ${collateralName} on ${day}`;
  test(title, { skip }, async () => {
    const quote = Uint8Array.from(readFileSync(new URL(quoteName, folder)));
    const text = readFileSync(new URL(collateralName, folder), "utf8");
    const shown = { quote, collateral: normalizeTdxCollateral(text) };
    const atMs = Date.parse(day);
    assert.equal(await ours(shown, intelTdx, atMs), verdict);
    assert.equal(theirs(shown, oracle, atMs), verdict === "accepted" ? "accepted" : "refused");
  });
}
