import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, test } from "node:test";
import { appraiseMachine, type RunProgram, surveyMachine, viewMachine } from "./index.ts";

const home = mkdtempSync(join(tmpdir(), "cocoon-machine-"));
after(() => rmSync(home, { recursive: true, force: true }));
let machines = 0;

/** What a machine's programs say; one that is not here is not installed. */
type Programs = Readonly<Record<string, string>>;

/** A machine of these files and programs, surveyed and appraised. */
async function look(
  files: Readonly<Record<string, string>>,
  programs: Programs = {},
  isRoot = true,
) {
  const root = join(home, `machine-${(machines += 1)}`);
  for (const [path, content] of Object.entries(files)) {
    const at = join(root, path);
    mkdirSync(dirname(at), { recursive: true });
    writeFileSync(at, content);
  }
  const run: RunProgram = (program) => {
    const output = programs[program];
    return output === undefined ? Promise.reject(new Error("ENOENT")) : Promise.resolve(output);
  };
  const survey = await surveyMachine({ ...viewMachine(root, run), isRoot });
  const { findings, tier } = appraiseMachine(survey);
  const missing = findings.flatMap(({ name, remedy }) =>
    remedy === undefined ? [] : [`${name}: ${remedy}`],
  );
  const found = Object.fromEntries(findings.map((finding) => [finding.name, finding.found]));
  return { survey, tier, missing, found };
}

const cpuOf = (vendor: string, family: number, model: number, flags = "") =>
  `processor\t: 0\nvendor_id\t: ${vendor}\ncpu family\t: ${family}\nmodel\t\t: ${model}\n` +
  `model name\t: A Processor\nflags\t\t: fpu vme ${flags}\n\nprocessor\t: 1\nvendor_id\t: other\n`;

const kernel = { "proc/sys/kernel/osrelease": "6.8.0-45-generic\n" };
const mounted = { "proc/mounts": "configfs /sys/kernel/config configfs rw,relatime 0 0\n" };
const tsm = { ...kernel, ...mounted, "sys/kernel/config/tsm/report/.keep": "" };
const xeon = { "proc/cpuinfo": cpuOf("GenuineIntel", 6, 143) };
const genoa = { "proc/cpuinfo": cpuOf("AuthenticAMD", 25, 17) };
const hopper = {
  "sys/bus/pci/devices/0000:01:00.0/vendor": "0x10de\n",
  "sys/bus/pci/devices/0000:01:00.0/class": "0x030200\n",
  "sys/bus/pci/devices/0000:02:00.0/vendor": "0x10de\n",
  "sys/bus/pci/devices/0000:02:00.0/class": "0x020700\n",
  "sys/bus/pci/devices/0000:03:00.0/vendor": "0x8086\n",
  "sys/bus/pci/devices/0000:03:00.0/class": "0x030000\n",
};
const driver = {
  "proc/driver/nvidia/version":
    "NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  550.90.07  Release Build\nGCC version: 12\n",
};
const tools = { "nvidia-smi": "CC status: ON\n", nvattest: '{"nvattest": "1.0"}' };

test("surveyMachine() finds nothing on a machine without files, and says what TEEs need", async () => {
  const { survey, tier, missing } = await look({});
  assert.deepEqual([survey.cpu, survey.kernel, survey.guest], [undefined, undefined, undefined]);
  assert.equal(tier, "open");
  assert.deepEqual(missing, [
    "processor: TDX needs an Intel Xeon, SEV-SNP an AMD EPYC",
    "guest: start this machine as one; on a host nothing keeps its operator out",
  ]);
});

test("appraiseMachine() gives a host no tier, whatever its processor", async () => {
  const { tier, missing, found } = await look({ ...genoa, ...tsm, "dev/sev": "" });
  assert.equal(tier, "open");
  assert.equal(found["processor"], "A Processor, SEV-SNP Genoa");
  assert.equal(missing.length, 1);
});

test("appraiseMachine() gives a TDX guest with configfs-TSM confidential", async () => {
  const { survey, tier, missing } = await look({ ...xeon, ...tsm, "dev/tdx_guest": "" });
  assert.equal(survey.guest, "tdx");
  assert.deepEqual(survey.cpu, {
    vendor: "GenuineIntel",
    family: 6,
    model: 143,
    name: "A Processor",
  });
  assert.deepEqual([tier, missing], ["confidential", []]);
});

test("appraiseMachine() says how to mount, which driver to load, and which kernel it needs", async () => {
  const files = { "proc/cpuinfo": cpuOf("GenuineIntel", 6, 143, "tdx_guest") };
  const old = { "proc/sys/kernel/osrelease": "6.5.0\n" };
  const { tier, missing } = await look({ ...files, ...old }, {}, false);
  assert.equal(tier, "open");
  assert.deepEqual(missing, [
    "kernel: configfs-TSM needs Linux 6.7 or later",
    "configfs: mount -t configfs none /sys/kernel/config",
    "quotes: modprobe tdx_guest",
    "user: only root may ask a TEE",
  ]);
});

test("appraiseMachine() takes snpguest where an SEV-SNP guest has no configfs-TSM", async () => {
  const files = {
    ...genoa,
    ...mounted,
    "proc/sys/kernel/osrelease": "6.2.0\n",
    "dev/sev-guest": "",
  };
  const without = await look(files);
  assert.equal(without.tier, "open");
  assert.ok(without.missing.some((line) => line.includes("install snpguest")));
  const { tier, missing, found } = await look(files, { snpguest: "snpguest 0.9" });
  assert.deepEqual([tier, missing], ["confidential", []]);
  assert.match(found["quotes"] ?? "", /"reports": "snpguest"/);
});

test("appraiseMachine() does not take Milan", async () => {
  const milan = { "proc/cpuinfo": cpuOf("AuthenticAMD", 25, 1) };
  const { tier, missing } = await look({ ...milan, ...tsm, "dev/sev-guest": "" });
  assert.equal(tier, "open");
  assert.match(missing[0] ?? "", /refuses Milan/);
});

test("appraiseMachine() gives a guest with a GPU in confidential mode and its tool confidential-gpu", async () => {
  const guest = { ...genoa, ...tsm, "dev/sev-guest": "", ...hopper };
  const bare = await look(guest);
  assert.deepEqual([bare.tier, bare.missing], ["confidential", ["GPU: install NVIDIA's driver"]]);
  const { survey, tier, missing } = await look({ ...guest, ...driver }, tools);
  assert.deepEqual(survey.gpus, {
    count: 1,
    driver: "550.90.07",
    isConfidential: true,
    hasTool: true,
  });
  assert.deepEqual([tier, missing], ["confidential-gpu", []]);
});

test("appraiseMachine() says what a GPU lacks", async () => {
  const guest = { ...genoa, ...tsm, "dev/sev-guest": "", ...hopper, ...driver };
  const off = await look(guest, { ...tools, "nvidia-smi": "CC status: OFF\n" });
  assert.equal(off.tier, "confidential");
  assert.match(off.missing.join(), /^GPU mode: the host switches it on/);
  const { nvattest: _nvattest, ...withoutTool } = tools;
  const toolless = await look(guest, withoutTool);
  assert.equal(toolless.tier, "confidential");
  assert.match(toolless.missing.join(), /^GPU tool: install nvattest/);
  const silent = await look(guest, {});
  assert.equal(silent.found["GPU mode"], "unknown: nvidia-smi does not say");
});

test("appraiseMachine() gives a GPU alone no tier", async () => {
  const { tier } = await look({ ...xeon, ...kernel, ...hopper, ...driver }, tools);
  assert.equal(tier, "open");
});
