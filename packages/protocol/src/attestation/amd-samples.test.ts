// A real SEV-SNP report with its chain, from a folder beside the project that is not part of it.

import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { toHex } from "../bytes/index.ts";
import { encodePemCertificates, parseCertificate, parsePemCertificates } from "../der/index.ts";
import { keyIdOf } from "./ecdsa.ts";
import { amdSevGenoa, amdSevMilan } from "./profile.ts";
import {
  encodeSevCollateral,
  openSevCollateral,
  parseSevChain,
  verifySevChain,
} from "./sev-collateral.ts";
import { requireGenuineReport, verifySevReport } from "./sev.ts";

const folder = new URL("../../../../../shared/vectors/gsev/", import.meta.url);
const skip = existsSync(folder) ? false : "no ../shared/vectors beside the project";
const sample = (name: string) => Uint8Array.from(readFileSync(new URL(name, folder)));
const inSeptember = Date.parse("2022-09-25T00:00:00Z");

function readChain(): string {
  const authorities = readFileSync(new URL("milan.testcer", folder), "utf8");
  return encodePemCertificates(sample("vcek.testcer"), ...parsePemCertificates(authorities, 2));
}

const certify = () => verifySevChain(parseSevChain(readChain()), amdSevMilan, inSeptember);

test(
  "requireGenuineReport() accepts the platform of a real report on its day",
  { skip },
  async () => {
    const report = await requireGenuineReport(
      sample("attestation.bin"),
      await certify(),
      amdSevMilan,
    );
    assert.equal(report.version, 2);
    assert.deepEqual(report.reportData.subarray(0, 6), Uint8Array.of(1, 2, 3, 4, 5, 0));
    assert.equal(toHex(report.measurement).slice(0, 16), "b07af9620f3b839b");
  },
);

test(
  "verifySevReport() refuses the real report, whose guest can be debugged",
  { skip },
  async () => {
    const verified = verifySevReport(sample("attestation.bin"), await certify(), amdSevMilan);
    await assert.rejects(verified, { code: "debug_enabled" });
  },
);

test(
  "verifySevChain() refuses a real chain the day before, under another root, or cut",
  { skip },
  async () => {
    const chain = parseSevChain(readChain());
    const dayBefore = Date.parse("2022-09-24T00:00:00Z");
    await assert.rejects(verifySevChain(chain, amdSevMilan, dayBefore), { code: "chain_expired" });
    const asGenoa = { ...amdSevGenoa, product: "Milan" } as const;
    await assert.rejects(verifySevChain(chain, asGenoa, inSeptember), { code: "chain_untrusted" });
    await assert.rejects(verifySevChain(chain, amdSevGenoa, inSeptember), {
      code: "chain_untrusted",
    });
    const pem = readChain();
    assert.throws(() => parseSevChain(pem.slice(pem.indexOf("-----END") + 26)), {
      code: "certificate_malformed",
    });
  },
);

test(
  "openSevCollateral() refuses a real chain without the root's revocation list",
  { skip },
  async () => {
    const chain = readChain();
    const missing = openSevCollateral(JSON.stringify({ chain }), amdSevMilan, inSeptember);
    await assert.rejects(missing, { code: "collateral_invalid" });
    const empty = openSevCollateral(
      encodeSevCollateral({ chain, crl: "" }),
      amdSevMilan,
      inSeptember,
    );
    await assert.rejects(empty, { code: "certificate_malformed" });
  },
);

test("amdSevMilan pins the key of the real root", { skip }, async () => {
  const [, der = new Uint8Array()] = parsePemCertificates(
    readFileSync(new URL("milan.testcer", folder), "utf8"),
    2,
  );
  const root = parseCertificate(der);
  assert.equal(root.commonName, "ARK-Milan");
  assert.equal(await keyIdOf(root.key.bytes), amdSevMilan.rootKeyId);
});
