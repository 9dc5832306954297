// A worker on a real machine, as far as that can be had without one: the kernel's folder of quotes laid out in files,
// recorded quotes and simulated platforms behind it, a vendor's server on this host, and the verifier that clients use.

import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { chmod, mkdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, suite, test } from "node:test";
import {
  createSimulatedSevVendor,
  createSimulatedVendor,
  simulatedSevImageHash,
} from "@cocoon/devnet";
import {
  hardwareProfiles,
  normalizeTdxCollateral,
  type Policy,
  type TrustProfile,
  verifyBundle,
} from "@cocoon/protocol";
import {
  buildBundle,
  createIdentity,
  openHardwareAttester,
  openTsmFolder,
  snpguestReports,
  tsmReports,
} from "@cocoon/services";
import { keep, networkId, nowMs, serve, simulatedProfiles } from "./collateral-rig.ts";
import { certificateTable, layTree, makeFolder, type RecordedTee } from "./tsm-tree.ts";
import { amdAnswers, type Answer, derOf, intelAnswers } from "./vendor-server.ts";

const home = mkdtempSync(join(tmpdir(), "cocoon-tsm-"));
after(() => rmSync(home, { recursive: true, force: true }));
let trees = 0;
const lay = async (tee: RecordedTee) =>
  layTree(await makeFolder(join(home, `tree-${(trees += 1)}`)), tee);

const refused = (reason: RegExp) => (error: unknown) => {
  assert.ok(error instanceof Error && "code" in error && error.code === "evidence_unavailable");
  assert.match(error.message, reason);
  return true;
};

suite("tsmReports()", () => {
  const reportData = new Uint8Array(64).fill(5);
  const fixed = { provider: "tdx_guest", quote: () => Uint8Array.of(1, 2, 3) };

  test("says what is missing where there is no such folder", async () => {
    const reports = tsmReports(openTsmFolder(join(home, "nowhere")));
    await assert.rejects(reports(reportData), refused(/configfs-TSM is not there/));
  });

  test("says so where it is not allowed, or no TEE answers", async () => {
    const tree = await lay(fixed);
    for (const [errno, reason] of [
      ["EACCES", /run as root/],
      ["ENXIO", /no TEE answers/],
      ["EIO", /does not write the report data: EIO/],
    ] as const) {
      const write = () => Promise.reject(Object.assign(new Error(errno), { code: errno }));
      await assert.rejects(tsmReports({ ...tree, write })(reportData), refused(reason));
    }
    assert.deepEqual([...tree.left], []);
  });

  test("refuses a quote of no size, or of too much", async () => {
    for (const quote of [new Uint8Array(), new Uint8Array(40_000)]) {
      const tree = await lay({ ...fixed, quote: () => quote });
      await assert.rejects(tsmReports(tree)(reportData), refused(/no such size/));
      assert.deepEqual([...tree.left], []);
    }
  });

  test("refuses attributes that no kernel writes", async () => {
    const tree = await lay({ ...fixed, provider: "tdx guest; rm" });
    await assert.rejects(tsmReports(tree)(reportData), refused(/provider is not what/));
  });

  test("asks again when somebody else wrote to the entry meanwhile, and gives up after three times", async () => {
    const tree = await lay({ ...fixed, strangers: 2 });
    assert.deepEqual((await tsmReports(tree)(reportData)).quote, Buffer.of(1, 2, 3));
    const crowded = await lay({ ...fixed, strangers: 3 });
    await assert.rejects(tsmReports(crowded)(reportData), refused(/at the same time/));
    assert.deepEqual([...crowded.left, ...tree.left], []);
  });

  test("asks again when the kernel says that a request is under way", async () => {
    const tree = await lay(fixed);
    let refusals = 1;
    const read = async (entry: string, attribute: string) => {
      if (attribute !== "outblob" || refusals === 0) return tree.read(entry, attribute);
      refusals -= 1;
      throw Object.assign(new Error("busy"), { code: "EBUSY" });
    };
    assert.equal((await tsmReports({ ...tree, read })(reportData)).provider, "tdx_guest");
  });
});

suite("snpguestReports()", () => {
  const reportData = new Uint8Array(64).fill(7);

  test("runs AMD's tool, which finds the report data in a file", async () => {
    const source = snpguestReports(async (program, [verb, report = "", request = ""]) => {
      assert.deepEqual([program, verb], ["snpguest", "report"]);
      await writeFile(report, readFileSync(request));
      return "";
    });
    assert.deepEqual((await source(reportData)).quote, Buffer.from(reportData));
  });

  test("says whether the tool is missing or failed", async () => {
    const missing = snpguestReports(() =>
      Promise.reject(Object.assign(new Error("spawn"), { code: "ENOENT" })),
    );
    await assert.rejects(missing(reportData), refused(/not installed/));
    const failing = snpguestReports(() => Promise.reject(new Error("exit 1")));
    await assert.rejects(failing(reportData), refused(/snpguest failed/));
  });
});

const manifestHash = "d4".repeat(32);
const identity = createIdentity();

/** From the kernel's folder to a client's verdict. */
async function attest(
  tee: RecordedTee,
  answers: ReadonlyMap<string, Answer>,
  profiles: readonly TrustProfile[] = simulatedProfiles,
) {
  const { keeper } = keep([await serve(answers)]);
  const reports = tsmReports(await lay(tee));
  const attester = await openHardwareAttester({ reports, collateral: keeper, profiles, networkId });
  const policy: Policy = {
    networkId,
    rootAddress: `0:${"a1".repeat(32)}`,
    readAtMs: nowMs,
    ageMaxMs: 60_000,
    measurements: new Map([[attester.imageHash, { teeType: attester.teeType, role: "worker" }]]),
    models: new Map([[manifestHash, { name: "tiny", contextTokens: 2_048 }]]),
    tcbEvaluationFloor: 20,
  };
  const { bytes } = await buildBundle({
    attester,
    identity,
    networkId,
    rootAddress: policy.rootAddress,
    payout: `0:${"b2".repeat(32)}`,
    manifestHash,
    engineHash: "e5".repeat(32),
    nowMs,
    evaluationMin: policy.tcbEvaluationFloor,
  });
  const options = { policy, profiles, nowMs, expect: { tier: "dev" as const } };
  return { attester, worker: await verifyBundle(bytes, options) };
}

suite("openHardwareAttester()", () => {
  test("makes evidence of a TDX guest that clients accept", async () => {
    const vendor = await createSimulatedVendor({ nowMs: () => nowMs });
    const quote = (reportData: Uint8Array) => vendor.quote({ measurement: "worker", reportData });
    const answers = intelAnswers(await vendor.collateral());
    const { worker } = await attest({ provider: "tdx_guest", quote }, answers);
    assert.equal(worker.platformId, vendor.platformId);
    assert.equal(worker.claims.workerId, identity.workerId);
  });

  for (const product of ["Genoa", "Turin"] as const) {
    test(`makes evidence of an SEV-SNP guest on ${product} that clients accept`, async () => {
      const vendor = await createSimulatedSevVendor(product, { nowMs: () => nowMs });
      const quote = (reportData: Uint8Array) => vendor.quote({ measurement: "worker", reportData });
      const answers = amdAnswers(await vendor.collateral(), "vcek", product);
      const { attester, worker } = await attest({ provider: "sev_guest", quote }, answers);
      assert.equal(attester.imageHash, simulatedSevImageHash(product, "worker"));
      assert.equal(worker.platformId, vendor.platformId);
    });
  }

  test("finds a VLEK in the host's table, as DER and as PEM", async () => {
    const vendor = await createSimulatedSevVendor("Genoa", { nowMs: () => nowMs });
    const collateral = await vendor.collateral({ signer: "SEV-VLEK" });
    // oxlint-disable-next-line no-unsafe-type-assertion -- the simulated vendor's own text
    const { chain } = JSON.parse(collateral) as { chain: string };
    const [pem = ""] = chain.split(/(?<=-----END CERTIFICATE-----\n)/);
    const quote = (reportData: Uint8Array) =>
      vendor.quote({ measurement: "worker", reportData, signer: "SEV-VLEK" });
    for (const certificate of [derOf(pem), new TextEncoder().encode(pem)]) {
      const auxiliary = certificateTable("a8074bc2-a25a-483e-aae6-39c045a0b8a1", certificate);
      const tee = { provider: "sev_guest", quote, auxiliary };
      const { worker } = await attest(tee, amdAnswers(collateral, "vlek", "Genoa"));
      assert.equal(worker.platformId, vendor.platformId);
    }
    const none = certificateTable("00000000-0000-0000-0000-000000000001", derOf(pem));
    const without = { provider: "sev_guest", quote, auxiliary: none };
    await assert.rejects(attest(without, amdAnswers(collateral, "vlek", "Genoa")), {
      code: "collateral_unavailable",
    });
  });

  test("refuses a TEE that nobody believes, and bytes that are no quote", async () => {
    const quote = () => new Uint8Array(1_184);
    const none = new Map<string, Answer>();
    for (const [provider, code] of [
      ["arm_cca_guest", "profile_unknown"],
      ["tdx_guest", "quote_malformed"],
      ["sev_guest", "quote_malformed"],
    ] as const) {
      await assert.rejects(attest({ provider, quote }, none), { code });
    }
    const vendor = await createSimulatedVendor({ nowMs: () => nowMs });
    const simulated = (reportData: Uint8Array) =>
      vendor.quote({ measurement: "worker", reportData });
    const tee = { provider: "tdx_guest", quote: simulated };
    await assert.rejects(attest(tee, none, hardwareProfiles), { code: "profile_unknown" });
  });
});

const vectors = new URL("../../../shared/vectors/", import.meta.url);
const skip = existsSync(vectors) ? false : "no ../shared/vectors beside the project";
const recorded = (name: string) => Uint8Array.from(readFileSync(new URL(name, vectors)));

suite("openHardwareAttester(), of recorded quotes", { skip }, () => {
  test("names the image of Intel's platform, and fetches the collateral that its quote verifies with", async () => {
    const text = normalizeTdxCollateral(
      new TextDecoder().decode(recorded("tdx_quote_outdated_collateral.json")),
    );
    const rig = keep([await serve(intelAnswers(text))]);
    rig.clockMs = Date.parse("2026-02-25T00:00:00Z");
    const quote = () => recorded("cocoon_quote.dat");
    const tree = await lay({ provider: "tdx_guest", quote });
    const attester = await openHardwareAttester({
      reports: tsmReports(tree),
      collateral: rig.keeper,
      profiles: hardwareProfiles,
      networkId: -239,
    });
    const expected = "04b3afd931d28680af91a15b09d672c40ad6b141f7f9089a8d67d595220f7436";
    assert.deepEqual([attester.imageHash, attester.simulated], [expected, false]);
    const evidence = await attester.attest(new Uint8Array(64));
    assert.equal(evidence.collateral, text);
    assert.deepEqual(Uint8Array.from(evidence.quote), recorded("cocoon_quote.dat"));
    assert.deepEqual([...tree.left], []);
  });

  test("refuses Milan at once: platform_banned", async () => {
    const report = recorded("gsev/attestation.bin");
    const opened = openHardwareAttester({
      reports: tsmReports(await lay({ provider: "sev_guest", quote: () => report })),
      collateral: keep([]).keeper,
      profiles: hardwareProfiles,
      networkId: -239,
      cpu: { family: 0x19, model: 1 },
    });
    await assert.rejects(opened, { code: "platform_banned" });
  });
});

test("openTsmFolder() opens attributes for writing alone, as the kernel wants it", async () => {
  const folder = await makeFolder(join(home, "attributes"));
  await mkdir(join(folder, "entry"));
  const path = join(folder, "entry", "inblob");
  await writeFile(path, "");
  await chmod(path, 0o200);
  await openTsmFolder(folder).write("entry", "inblob", Uint8Array.of(1));
  await chmod(path, 0o600);
  assert.deepEqual(readFileSync(path), Buffer.of(1));
  await assert.rejects(openTsmFolder(folder).write("entry", "none", Uint8Array.of(1)), {
    code: "ENOENT",
  });
});
