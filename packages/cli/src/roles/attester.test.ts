import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { JsonReader, networkIds, openAttester, parseJson, publicProfiles } from "@cocoon/protocol";
import { createLogger, readWorkerConfig, tsmPath } from "@cocoon/services";
import { allProfiles, profilesOf } from "../network/trust.ts";
import { attesterOf } from "./attester.ts";

const logger = createLogger({ role: "worker", destination: { write: () => undefined } });
const modules = { profiles: publicProfiles, logger, now: Date.now };
const testnet = {
  networkId: -3,
  endpoints: [],
  root: `0:${"00".repeat(32)}`,
  proxies: [],
} as const;
const local = { ...testnet, networkId: networkIds.devnet };
const home = "/nonexistent";

test("attesterOf() takes simulated evidence on a devnet alone", async () => {
  const attester = { kind: "simulated" } as const;
  await assert.rejects(attesterOf({ attester, home, network: testnet }, modules), {
    code: "option_invalid",
  });
  assert.equal((await attesterOf({ home, network: local }, modules)).simulated, true);
  assert.deepEqual(await profilesOf(-3), publicProfiles);
  assert.deepEqual(await profilesOf(networkIds.devnet), await allProfiles());
});

test("attesterOf() lets any machine serve the tier open, on any network, with a bond", async () => {
  const attester = { kind: "open" } as const;
  for (const network of [testnet, local]) {
    await assert.rejects(attesterOf({ attester, home, network }, modules), {
      code: "bond_insufficient",
      message: /cocoon worker bond/,
    });
    const bond = testnet.root;
    assert.equal(await attesterOf({ attester, bond, home, network }, modules), openAttester);
  }
});

const skip = existsSync(tsmPath) ? "this machine has a TEE" : false;

test(
  "attesterOf() asks this machine's TEE elsewhere, and says what is missing",
  { skip },
  async () => {
    const attester = { kind: "tsm", reports: "configfs" } as const;
    for (const worker of [
      { home, network: testnet },
      { attester, home, network: local },
    ]) {
      await assert.rejects(attesterOf(worker, modules), {
        code: "evidence_unavailable",
        message: /configfs-TSM is not there/,
      });
    }
  },
);

test("attesterOf() refuses measurements of a GPU that cannot be read", async () => {
  const gpu = { measurementsPath: "/nonexistent/measurements.json" };
  const attester = { kind: "tsm", reports: "configfs", gpu } as const;
  await assert.rejects(async () => attesterOf({ attester, home, network: testnet }, modules), {
    code: "option_invalid",
  });
});

/** Files of this package that a file imports before it runs, and theirs. */
function importedBy(path: string, seen = new Set<string>()): Set<string> {
  if (seen.has(path)) return seen;
  seen.add(path);
  const text = readFileSync(path, "utf8");
  assert.doesNotMatch(text, /^(?:import|export)[^;]* from "@cocoon\/devnet"/m, path);
  for (const [, name = ""] of text.matchAll(/^(?:import|export)[^;]* from "(\.[^"]+)"/gm)) {
    importedBy(join(dirname(path), name), seen);
  }
  return seen;
}

test("a worker loads nothing that imitates, unless it is on a devnet", () => {
  const files = importedBy(fileURLToPath(new URL("worker.ts", import.meta.url)));
  assert.ok(files.size >= 5, `${files.size} files`);
});

test("readWorkerConfig() reads how a worker proves what it runs in, and refuses what is no way to", () => {
  const config = (attester: object) =>
    readWorkerConfig(
      new JsonReader(
        parseJson(
          JSON.stringify({
            home: "h",
            network: { ...local, endpoints: ["http://127.0.0.1:1"] },
            model: "m",
            engine: { kind: "llama", modelPath: "p" },
            price: { promptPerMillion: "1", completionPerMillion: "1" },
            slots: 1,
            tickMs: 1,
            creditWindowNanotons: "1",
            settle: { thresholdNanotons: "1", intervalMs: 1 },
            attester,
          }),
          "option_invalid",
        ),
        "option_invalid",
      ),
    ).attester;
  assert.deepEqual(config({ kind: "simulated" }), { kind: "simulated" });
  assert.deepEqual(config({ kind: "open" }), { kind: "open" });
  assert.deepEqual(config({ kind: "tsm" }), { kind: "tsm", reports: "configfs" });
  const whole = {
    kind: "tsm",
    reports: "snpguest",
    intel: [{ url: "https://pccs.example:8081", rootListUrl: "https://lists.example/root.der" }],
    amd: [{ url: "https://kds.example" }],
    gpu: { measurementsPath: "m.json", command: ["tool", "{nonce}"] },
  };
  assert.deepEqual(config(whole), whole);
  assert.deepEqual(config({ kind: "tsm", amd: [{ url: "https://kds.example//" }] }), {
    kind: "tsm",
    reports: "configfs",
    amd: [{ url: "https://kds.example" }],
  });
  for (const bad of [
    {},
    { kind: "hardware" },
    { kind: "tsm", reports: "ioctl" },
    { kind: "tsm", intel: [] },
    { kind: "tsm", intel: [{}] },
    { kind: "tsm", intel: [{ url: "file:///etc/passwd" }] },
    { kind: "tsm", amd: "https://kds.example" },
    { kind: "tsm", gpu: {} },
    { kind: "tsm", gpu: { measurementsPath: "m", command: [] } },
  ]) {
    assert.throws(() => config(bad), { code: "option_invalid" }, JSON.stringify(bad));
  }
});
