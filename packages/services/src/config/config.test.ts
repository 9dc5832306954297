import { CocoonError, JsonReader } from "@cocoon/protocol";
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, suite, test } from "node:test";
import { environment } from "./environment.ts";
import { readConfigFile, writeConfigFile } from "./file.ts";
import { readGatewayConfig } from "./gateway.ts";
import { checkpointMsDefault, readProxyConfig } from "./proxy.ts";
import { readWitnessConfig } from "./witness.ts";
import { readWorkerConfig } from "./worker.ts";

const address = `0:${"ab".repeat(32)}`;
const network = {
  networkId: -7239,
  endpoints: ["http://127.0.0.1:10020/api/v2/jsonRPC"],
  root: address,
  proxies: [{ bond: address, via: { host: "127.0.0.1", port: 10_010 } }, { bond: address }],
};
const settle = { thresholdNanotons: "1", intervalMs: 1_000 };
const gateway = {
  home: "gateway",
  network,
  host: "127.0.0.1",
  port: 10_000,
  tier: "dev",
  depositNanotons: "10000000000",
  closeTimeoutSeconds: 3_600,
  bodyBytesMax: 1_048_576,
};
const proxy = {
  home: "proxy",
  network,
  host: "127.0.0.1",
  port: 10_010,
  bond: address,
  feeBps: 100,
  creditWindowNanotons: "1",
  workerDepositNanotons: "1",
  closeTimeoutSeconds: 3_600,
  checkpointMs: 100,
  anchorMs: 1_000,
  payMs: 250,
  settle,
};
const worker = {
  home: "worker-1",
  network,
  model: "cocoon-tiny",
  engine: { kind: "http", baseUrl: "http://127.0.0.1:8000/v1", backendModel: "llama" },
  price: { promptPerMillion: "1", completionPerMillion: "2" },
  slots: 4,
  tickMs: 40,
  creditWindowNanotons: "1",
  settle,
};

const witnessKey = { name: "witness.example/w1", publicKey: "ab".repeat(32) };
const witness = {
  home: "witness",
  networkId: -7239,
  host: "127.0.0.1",
  port: 10_030,
  name: "witness.example/w1",
};

type Read = (json: JsonReader) => unknown;

const isRefused = (error: unknown): boolean =>
  error instanceof CocoonError && error.code === "option_invalid";
const read = (reader: Read, value: object): unknown =>
  reader(new JsonReader(structuredClone(value), "option_invalid"));

/** The value with one field, named by its path, changed. */
function changed(value: object, path: string, to: unknown): object {
  const copy: object = structuredClone(value);
  const names = path.split(".");
  const last = names.pop() ?? "";
  const place = names.reduce<object>((part, name) => {
    const inner: unknown = Reflect.get(part, name);
    return typeof inner === "object" && inner !== null ? inner : part;
  }, copy);
  Reflect.set(place, last, to);
  return copy;
}

const badNetworks: readonly (readonly [string, unknown])[] = [
  ["network", []],
  ["network.networkId", "-7239"],
  ["network.endpoints", []],
  ["network.endpoints", ["not a url"]],
  ["network.endpoints", ["file:///etc/passwd"]],
  ["network.endpoints", Array.from({ length: 17 }, () => "http://h")],
  ["network.root", "EQ"],
  ["network.proxies", [{}]],
  ["network.proxies.0.bond", ""],
  ["network.proxies.0.via", "127.0.0.1:10010"],
  ["network.proxies.0.via", { host: "127.0.0.1", port: 65_536 }],
  ["network.proxies.0.via", { port: 10_010 }],
];
const badSettling: readonly (readonly [string, unknown])[] = [
  ["settle", undefined],
  ["settle.intervalMs", 0],
  ["settle.intervalMs", 2 ** 31],
  ["settle.thresholdNanotons", 1],
];

const readers: readonly {
  readonly name: string;
  readonly reader: Read;
  readonly good: object;
  readonly bad: readonly (readonly [string, unknown])[];
}[] = [
  {
    name: "readGatewayConfig",
    reader: readGatewayConfig,
    good: gateway,
    bad: [
      ["home", 7],
      ["host", "h".repeat(254)],
      ["port", -1],
      ["port", "10000"],
      ["tier", "secret"],
      ["depositNanotons", -5],
      ["depositNanotons", "1.5"],
      ["budgetNanotons", "all"],
      ["bodyBytesMax", 0],
      ["witnesses", { threshold: 1, keys: [] }],
      ["witnesses", { threshold: 0, keys: [witnessKey] }],
      ["witnesses", { threshold: 2, keys: [witnessKey] }],
      ["witnesses", { threshold: 2, keys: [witnessKey, { ...witnessKey, name: "again" }] }],
      ["bodyBytesMax", 1e12],
      ["closeTimeoutSeconds", 0.5],
    ],
  },
  {
    name: "readProxyConfig",
    reader: readProxyConfig,
    good: proxy,
    bad: [
      ["feeBps", 10_001],
      ["bond", "0:ab"],
      ["checkpointMs", 0],
      ["anchorMs", 0],
      ["anchorMs", 12 * 3_600_000 + 1],
      ["anchorBudgetPerDayNanotons", "4999999"],
      ["payMs", 2 ** 40],
      ["witnesses", [{ name: "w" }]],
      ["witnesses", [{ name: "a b", publicKey: "ab".repeat(32), url: "http://h" }]],
      ...badSettling,
    ],
  },
  {
    name: "readWorkerConfig",
    reader: readWorkerConfig,
    good: worker,
    bad: [
      ["model", "m".repeat(65)],
      ["engine", "llama"],
      ["engine.kind", "python"],
      ["engine", { kind: "llama", modelPath: "m.gguf", gpu: "opencl" }],
      ["engine.baseUrl", "localhost"],
      ["price.completionPerMillion", "1000000000000001"],
      ["slots", 0],
      ["tickMs", 0],
      ...badSettling,
    ],
  },
];

test("readWitnessConfig() refuses names that no signature line can carry, and half a log", () => {
  const bad: readonly (readonly [string, unknown])[] = [
    ["name", ""],
    ["name", "two words"],
    ["name", "a+b"],
    ["port", 65_536],
    ["endpoints", []],
    ["logs", [{ origin: "log.example" }]],
    ["logs", [{ origin: "log.example", publicKey: "ab" }]],
  ];
  for (const [path, to] of bad) {
    assert.throws(() => read(readWitnessConfig, changed(witness, path, to)), isRefused, path);
  }
  for (const field of Object.keys(witness)) {
    const without = changed(witness, field, undefined);
    assert.throws(() => read(readWitnessConfig, without), isRefused, field);
  }
  const logs = [{ origin: "log.example", publicKey: "ab".repeat(32) }];
  const full = { ...witness, endpoints: ["http://127.0.0.1:1"], logs };
  assert.deepEqual(read(readWitnessConfig, full), full);
  assert.deepEqual(read(readWitnessConfig, witness), witness);
});

const haveDefaults = new Set(["checkpointMs", "tier"]);

for (const { name, reader, good, bad } of readers) {
  test(`${name}() refuses every bad field with option_invalid`, () => {
    for (const [path, to] of [...bad, ...badNetworks]) {
      assert.throws(() => read(reader, changed(good, path, to)), isRefused, path);
    }
    // What has a default may be absent, see below.
    for (const field of Object.keys(good).filter((named) => !haveDefaults.has(named))) {
      assert.throws(() => read(reader, changed(good, field, undefined)), isRefused, field);
    }
  });

  test(`${name}() reads what is good, and passes over what it does not know`, () => {
    const config = read(reader, { ...good, extra: 1 });
    assert.deepEqual(
      JSON.parse(
        JSON.stringify(config, (_name, value: unknown) =>
          typeof value === "bigint" ? value.toString() : value,
        ),
      ),
      good,
    );
  });
}

test("readProxyConfig() has an interval of checkpoints where none is named", () => {
  const { checkpointMs: _interval, ...unnamed } = proxy;
  const json = new JsonReader(unnamed, "option_invalid");
  assert.equal(readProxyConfig(json).checkpointMs, checkpointMsDefault);
});

test("readGatewayConfig() takes confidential for the floor where no tier is named", () => {
  const { tier: _tier, ...unnamed } = gateway;
  const json = new JsonReader(unnamed, "option_invalid");
  assert.equal(readGatewayConfig(json).tier, "confidential");
});

suite("configuration files", () => {
  const folder = mkdtempSync(join(tmpdir(), "cocoon-config-"));
  after(() => rmSync(folder, { recursive: true, force: true }));

  test("readConfigFile() refuses a file that is not there, is a folder, or holds no JSON object", () => {
    assert.throws(() => readConfigFile(join(folder, "absent.json")), isRefused);
    mkdirSync(join(folder, "folder.json"));
    assert.throws(() => readConfigFile(join(folder, "folder.json")), isRefused);
    for (const text of ["", "{", "[]", "null", '"text"', "\u0000"]) {
      writeFileSync(join(folder, "bad.json"), text);
      assert.throws(() => readConfigFile(join(folder, "bad.json")), isRefused);
    }
  });

  test("writeConfigFile() writes what readConfigFile() reads, for its owner alone, and leaves nothing beside it", () => {
    const path = join(folder, "deep", "config.json");
    writeConfigFile(path, { amount: 5n, list: ["a"] });
    writeConfigFile(path, { amount: 2n ** 60n, list: ["b"] });
    assert.equal(readConfigFile(path).nanotons("amount"), 2n ** 60n);
    assert.equal(statSync(path).mode & 0o777, 0o600);
    assert.deepEqual(readdirSync(join(folder, "deep")), ["config.json"]);
  });

  test("writeConfigFile() refuses a path where nothing can be", () => {
    const file = join(folder, "file");
    writeFileSync(file, "");
    for (const path of [join(file, "a.json"), join(file, "deep", "a.json"), "/proc/x/a.json"]) {
      assert.throws(() => writeConfigFile(path, {}), isRefused, path);
    }
  });

  test("environment() reads the passphrase from a file, and refuses one that can't be read", () => {
    const path = join(folder, "passphrase");
    writeFileSync(path, "correct horse\nsecond line\n");
    assert.equal(environment({ COCOON_PASSPHRASE_FILE: path }).passphrase, "correct horse");
    assert.equal(environment({}).passphrase, undefined);
    writeFileSync(path, "\nsecond line\n");
    for (const empty of [
      { COCOON_PASSPHRASE: "" },
      { COCOON_PASSPHRASE: "", COCOON_PASSPHRASE_FILE: path },
      { COCOON_PASSPHRASE_FILE: "" },
    ]) {
      assert.equal(environment(empty).passphrase, undefined, "an empty one is none");
    }
    assert.throws(() => environment({ COCOON_PASSPHRASE_FILE: join(folder, "absent") }), isRefused);
  });
});
