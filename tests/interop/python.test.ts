// The verifier of python/, written from the specification alone, comes to the same verdicts as ours.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite, test, type TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import {
  appendSignatures,
  CocoonError,
  coseHeadLine,
  cosignNote,
  createSigningKey,
  fromBase64,
  parseCheckpoint,
  parseNote,
  toBase64,
  toHex,
  verifyBundle,
} from "@cocoon/protocol";
import {
  buildProofFile,
  encodeCoseStatement,
  parseProofFile,
  verifyProofFile,
  type WitnessQuorum,
} from "@cocoon/sdk";
import { createAnswers, firstIndex, logKey, profiles, withProof } from "../proof/answers.ts";
import { altered, edited, type Path } from "../proof/tamper.ts";

const folder = fileURLToPath(new URL("python", import.meta.url));
const vectors = fileURLToPath(new URL("../../vectors", import.meta.url));

type Vector = {
  readonly nowMs: number;
  readonly proof: {
    readonly receipt: string;
    readonly promise: string;
    readonly bundle: string;
    readonly log: {
      readonly publicKey: string;
      readonly proof: { readonly checkpoint: string; readonly inclusion: readonly string[] };
    };
  };
};

// oxlint-disable-next-line no-unsafe-type-assertion -- made by tools/make-proof-vector.ts
const vector = JSON.parse(readFileSync(`${vectors}/proof.json`, "utf8")) as Vector;
const { nowMs } = vector;
const recorded = JSON.stringify(vector.proof);

type Ran = { readonly status: number | null; readonly stdout: string; readonly stderr: string };

function python(args: readonly string[], input = ""): Ran {
  return pythonOf("python3", args, input);
}

function pythonOf(interpreter: string, args: readonly string[], input = ""): Ran {
  const env = { ...process.env, PYTHONDONTWRITEBYTECODE: "1" };
  return spawnSync(interpreter, args, { cwd: folder, env, input, encoding: "utf8" });
}

function temporaryFolder(context: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), "cocoon-interop-"));
  context.after(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

const probe = "import sys, cryptography; sys.exit(sys.version_info < (3, 11))";
const missing = python(["-c", probe]).status !== 0;
const skip = missing && "needs python3 3.11 or later with its package cryptography";

/** What a verifier says: the code that it refuses the file with, or the checks that fail. */
type Said = {
  readonly holds: boolean;
  readonly error?: string;
  readonly fails?: Readonly<Record<string, string>>;
};

async function oursOf(text: string, witnesses?: WitnessQuorum): Promise<Said> {
  try {
    const options = { profiles, nowMs, ...(witnesses !== undefined && { witnesses }) };
    const { holds, checks } = await verifyProofFile(parseProofFile(text), options);
    const failing = checks.filter(({ status }) => status === "fails");
    return { holds, fails: Object.fromEntries(failing.map(({ id, code }) => [id, code ?? ""])) };
  } catch (error) {
    if (!(error instanceof CocoonError)) throw error;
    return { holds: false, error: error.code };
  }
}

function theirsOf(text: string, witnesses?: WitnessQuorum): Said {
  const options = ["--json", "--simulated", "--now-ms", String(nowMs)];
  for (const { name, publicKey } of witnesses?.keys ?? []) {
    options.push("--witness", `${name}=${toHex(publicKey)}`);
  }
  if (witnesses !== undefined) options.push("--witnesses", String(witnesses.threshold));
  const { status, stdout, stderr } = python(["-m", "cocoon_verify", "-", ...options], text);
  assert.equal(stderr, "");
  // oxlint-disable-next-line no-unsafe-type-assertion -- what python/cocoon_verify/__main__.py prints
  const said = JSON.parse(stdout) as Said & {
    readonly checks?: readonly { readonly name: string; readonly code: string | null }[];
  };
  assert.equal(status, said.holds ? 0 : 1);
  if (said.error !== undefined) return { holds: said.holds, error: said.error };
  const fails: Record<string, string> = {};
  for (const { name, code } of said.checks ?? []) if (code !== null) fails[name] = code;
  return { holds: said.holds, fails };
}

/** The base64 with one bit of one of its bytes turned. */
function turned(base64: string, at: number): string {
  const bytes = fromBase64(base64) ?? assert.fail("base64");
  return toBase64(bytes.with(at, (bytes.at(at) ?? 0) ^ 1));
}

/** The base64 with a byte more. */
function lengthened(base64: string): string {
  return toBase64(Uint8Array.of(...(fromBase64(base64) ?? assert.fail("base64")), 0));
}

const { receipt, promise, bundle, log } = vector.proof;
const inclusion = log.proof.inclusion[0] ?? "";

/** One byte each: in every part of the file that anything depends on, then in its spelling. */
const edits: readonly (readonly [name: string, path: Path, value: unknown])[] = [
  ["the receipt's magic", ["receipt"], turned(receipt, 0)],
  ["the receipt's count of tokens", ["receipt"], turned(receipt, 161)],
  ["the receipt's signature", ["receipt"], turned(receipt, 384)],
  ["the bundle's magic", ["bundle"], turned(bundle, 0)],
  ["the claims' payout address", ["bundle"], turned(bundle, 130)],
  ["the quote's body", ["bundle"], turned(bundle, 500)],
  ["the quote's signature", ["bundle"], turned(bundle, 960)],
  ["the collateral", ["bundle"], turned(bundle, 6_500)],
  ["the log's key", ["log", "publicKey"], altered(log.publicKey)],
  [
    "the checkpoint",
    ["log", "proof", "checkpoint"],
    log.proof.checkpoint.replace("\n7\n", "\n6\n"),
  ],
  ["the inclusion proof", ["log", "proof", "inclusion", 0], altered(inclusion)],
  ["the receipt's length", ["receipt"], lengthened(receipt)],
  ["the promise's length", ["promise"], lengthened(promise)],
  ["the bundle's length", ["bundle"], lengthened(bundle)],
  ["the format", ["format"], "cocoon-proof/3"],
  ["a hexadecimal digit", ["log", "publicKey"], log.publicKey.replace(/.$/, "g")],
  ["the image's own minimum", ["policy", "measurements", 0, "evaluationMin"], 2 ** 32 - 1],
  ["a list of bans without any", ["policy", "bannedPlatforms"], []],
  ["the id of a banned platform", ["policy", "bannedPlatforms"], ["0g"]],
];

suite("the verifier in Python", { skip }, () => {
  test("cocoon_verify.vectors finds every vector as this repository has it", () => {
    const { status, stdout } = python(["-m", "cocoon_verify.vectors", vectors]);
    assert.match(stdout, /^[1-9][0-9]* passed, 0 failed$/m);
    assert.equal(status, 0);
  });

  test("cocoon_verify and verifyProofFile() find that the recorded proof holds", async () => {
    assert.deepEqual(theirsOf(recorded), { holds: true, fails: {} });
    assert.deepEqual(await oursOf(recorded), { holds: true, fails: {} });
  });

  for (const [name, path, value] of edits) {
    test(`cocoon_verify and verifyProofFile() refuse the proof alike with another byte in ${name}`, async () => {
      const text = edited(recorded, path, value);
      const ours = await oursOf(text);
      assert.equal(ours.holds, false);
      assert.deepEqual(theirsOf(text), ours);
    });
  }

  test("cocoon_verify and verifyProofFile() refuse alike the machine that is banned, and no other", async () => {
    const { bundle: evidence, network, policy } = parseProofFile(recorded);
    const current = { ...policy, networkId: network.networkId, rootAddress: network.root };
    const { platformId } = await verifyBundle(evidence, {
      policy: { ...current, readAtMs: nowMs, ageMaxMs: 0 },
      profiles,
      nowMs,
      expect: { tier: "dev" },
    });
    for (const [id, fails] of [
      [altered(platformId), {}],
      [platformId, { policy: "platform_banned" }],
    ] as const) {
      const text = edited(recorded, ["policy", "bannedPlatforms"], [id]);
      const ours = await oursOf(text);
      assert.deepEqual(ours.fails, fails);
      assert.deepEqual(theirsOf(text), ours);
    }
  });

  test("cocoon_verify and verifyProofFile() read a checkpoint with many long signatures of others", async () => {
    const signature = toBase64(new Uint8Array(600).fill(1));
    const others = Array.from({ length: 40 }, (_, index) => `— other-${index} ${signature}\n`);
    const note = log.proof.checkpoint + others.join("");
    assert.ok(note.length > 16_384);
    const text = edited(recorded, ["log", "proof", "checkpoint"], note);
    assert.deepEqual(await oursOf(text), { holds: true, fails: {} });
    assert.deepEqual(theirsOf(text), { holds: true, fails: {} });
  });

  test("cocoon_verify and verifyProofFile() count witnesses alike", async () => {
    const { checkpoint } = log.proof;
    const { text } = parseNote(checkpoint);
    const witness = (byte: number, name: string, aheadSeconds = 0, signed = text) => {
      const key = createSigningKey(new Uint8Array(32).fill(byte));
      const line = cosignNote(key, name, signed, Math.floor(nowMs / 1_000) + aheadSeconds);
      return { known: { name, publicKey: key.publicKey }, line };
    };
    const one = witness(1, "one.example");
    const alias = witness(1, "alias.example");
    const two = witness(2, "two.example/w");
    const early = witness(3, "early.example", 7_200);
    const forged = witness(4, "forged.example", 0, "x\n");
    const tooFew = { witnesses: "cosignatures_missing" };
    const spoilt = { witnesses: "checkpoint_signature_invalid" };
    const cases: readonly (readonly [(typeof one)[], (typeof one)[], number, object])[] = [
      [[one, two], [one, two], 2, {}],
      [[one, two], [one, early], 1, {}],
      [[one], [one, two], 2, tooFew],
      [[one, alias], [one, alias], 2, tooFew],
      [[one, early], [one, early], 2, tooFew],
      [[], [one], 1, tooFew],
      [[one, forged], [one, forged], 1, spoilt],
      [[one, forged], [one], 1, {}],
    ];
    for (const [cosigned, known, threshold, fails] of cases) {
      const note = checkpoint + cosigned.map(({ line }) => line).join("");
      const file = edited(recorded, ["log", "proof", "checkpoint"], note);
      const quorum = { keys: known.map((each) => each.known), threshold };
      const ours = await oursOf(file, quorum);
      assert.deepEqual(ours.fails, fails);
      assert.deepEqual(theirsOf(file, quorum), ours);
    }
  });

  test("cocoon_verify.cose verifies a COSE export and refuses it with any byte of it changed", async (context) => {
    const folderOfExport = temporaryFolder(context);
    const { first, log: tree } = await createAnswers();
    const checkpoint = appendSignatures(tree.checkpoint, [
      coseHeadLine(logKey, parseCheckpoint(parseNote(tree.checkpoint).text)),
    ]);
    const logProof = JSON.stringify({ ...tree.proof(firstIndex), checkpoint });
    const file = parseProofFile(buildProofFile({ ...first, logProof }));
    const exporter = createSigningKey(new Uint8Array(32).fill(9));
    const statement = encodeCoseStatement(file, exporter);
    const path = join(folderOfExport, "receipt.cose");
    const said = (bytes: Uint8Array, interpreter = "python3") => {
      writeFileSync(path, bytes);
      const args = ["-m", "cocoon_verify.cose", path, "--log-key", toHex(logKey.publicKey)];
      return pythonOf(interpreter, args).stdout;
    };
    const id = toHex(file.receipt.subarray(4, 20));
    assert.match(said(statement), new RegExp(`"holds": true, "request": "${id}"`));
    if (pythonOf("/usr/bin/python3", ["-c", "import cbor2, cryptography"]).status === 0) {
      assert.match(said(statement, "/usr/bin/python3"), /"holds": true.*"cbor2": true/);
    } else context.diagnostic("without python3-cbor2: the second reader was not asked");
    const receiptAt = Buffer.from(statement).indexOf(file.receipt);
    const inclusionAt = Buffer.from(statement).indexOf(
      tree.proof(firstIndex).inclusion[0] ?? "",
      "hex",
    );
    for (const at of [
      0,
      3,
      20,
      60,
      receiptAt,
      receiptAt + 100,
      inclusionAt,
      statement.length - 1,
    ]) {
      const changed = statement.with(at, (statement[at] ?? 0) ^ 1);
      assert.match(said(changed), /"holds": false/, `byte ${at}`);
    }
    const unsigned = parseProofFile(buildProofFile(first));
    assert.throws(() => encodeCoseStatement(unsigned, exporter), { code: "option_invalid" });
    const without = parseProofFile(buildProofFile(withProof(first, tree)));
    assert.throws(() => encodeCoseStatement(without, exporter), { code: "option_invalid" });
  });

  test("cocoon_verify without --simulated does not know the simulated vendor", () => {
    const { status, stdout } = python(["-m", "cocoon_verify", "-"], recorded);
    assert.equal(status, 1);
    assert.match(stdout, /^fails +evidence +profile_unknown/m);
  });
});
