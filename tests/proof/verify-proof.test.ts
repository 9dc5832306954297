import assert from "node:assert/strict";
import { before, suite, test } from "node:test";
import * as fc from "fast-check";
import {
  createSimulatedGpu,
  simulatedGpuMeasurementsHash,
  simulatedGpuProfile,
} from "@cocoon/devnet";
import {
  CocoonError,
  cosignNote,
  createSigningKey,
  hashLeaf,
  intelTdx,
  parseNote,
  signPromise,
  toBase64,
  toHex,
} from "@cocoon/protocol";
import {
  buildProofFile,
  type Check,
  type CheckId,
  disclose,
  encodePolicySnapshot,
  parseProofFile,
  type ProofParts,
  type ProofVerification,
  type Verdict,
  verifyProofFile,
} from "@cocoon/sdk";
import {
  anchorOf,
  type Answers,
  content,
  createAnswers,
  createLog,
  createReceipt,
  createWorker,
  firstIndex,
  logKey,
  manifestHash,
  otherLogKey,
  place,
  profiles,
  salt,
  secondIndex,
  withProof,
} from "./answers.ts";
import { altered, edited, leavesOf, type Path } from "./tamper.ts";

const hourMs = 3_600_000;
const options: ProofVerification = { profiles, nowMs: place.nowMs + 5_000 };

function verify(text: string, changes: Partial<ProofVerification> = {}): Promise<Verdict> {
  return verifyProofFile(parseProofFile(text), { ...options, ...changes });
}

/** Codes of the checks that fail, by check. */
function failuresOf({ checks }: Verdict): Partial<Record<CheckId, string>> {
  const failing = checks.filter(({ status }) => status === "fails");
  return Object.fromEntries(failing.map(({ id, code }) => [id, code]));
}

function checkOf({ checks }: Verdict, id: CheckId): Check {
  return checks.find((check) => check.id === id) ?? assert.fail(`no check ${id}`);
}

/** Whether the text is a proof file that holds. */
async function isHeld(text: string): Promise<boolean> {
  try {
    return (await verify(text)).holds;
  } catch (error) {
    assert.ok(error instanceof CocoonError && error.code === "proof_malformed");
    return false;
  }
}

/** Fields of a file that nobody signed: what its writer says, and what only the chain can refute. */
const unproven: readonly string[] = [
  "log.proof.anchor.lt",
  "log.proof.anchor.timestamp",
  "log.proof.anchor.transaction",
  "policy.models.0.contextTokens",
  "policy.models.0.manifestHash",
  "policy.models.0.name",
  "policy.models.1.contextTokens",
  "policy.models.1.name",
  "policy.readAtMs",
  "policy.revision",
  "policy.tcbEvaluationFloor",
  "verifiedAtMs",
];

/** A file's other fields, as one text. */
function withoutUnproven(text: string): string {
  const proven = leavesOf(text).filter(({ path }) => !unproven.includes(path.join(".")));
  return JSON.stringify(proven);
}

suite("verifyProofFile()", () => {
  let answers: Answers;
  let anchored: string;
  let other: string;

  before(async () => {
    answers = await createAnswers();
    const { first, second, log } = answers;
    const disclosure = disclose(salt, content, ["answer"]);
    anchored = buildProofFile({ ...withProof(first, log, anchorOf(log)), disclosure });
    other = buildProofFile(withProof(second, log, anchorOf(log)));
  });

  /** The same value of the other answer's file. */
  function ofOther(...path: Path): unknown {
    const found = leavesOf(other).find((leaf) => leaf.path.join() === path.join());
    return found?.value ?? assert.fail(path.join());
  }

  async function fails(
    path: Path,
    value: unknown,
    expected: Partial<Record<CheckId, string>>,
  ): Promise<void> {
    const verdict = await verify(edited(anchored, path, value));
    assert.deepEqual(failuresOf(verdict), expected, path.join("."));
    assert.equal(verdict.holds, false);
  }

  test("refuses the receipt, promise and bundle of another answer, each by its own check", async () => {
    await fails(["receipt"], ofOther("receipt"), {
      identity: "receipt_mismatch",
      promise: "promise_invalid",
      inclusion: "inclusion_invalid",
    });
    await fails(["promise"], ofOther("promise"), { promise: "promise_invalid" });
    await fails(["bundle"], ofOther("bundle"), { identity: "receipt_mismatch" });
  });

  test("refuses another answer's place in the log, another log and another tree", async () => {
    await fails(["log", "proof", "leafIndex"], secondIndex, {
      promise: "promise_invalid",
      inclusion: "inclusion_invalid",
    });
    const shorter = createLog(place, answers.receipts.slice(0, 6));
    await fails(["log", "proof", "checkpoint"], shorter.checkpoint, {
      inclusion: "inclusion_invalid",
      anchor: "anchor_mismatch",
    });
    const others = createLog(place, answers.receipts, otherLogKey);
    await fails(["log", "proof", "checkpoint"], others.checkpoint, {
      checkpoint: "checkpoint_signature_invalid",
    });
    const elsewhere = createLog({ ...place, bond: place.root }, answers.receipts);
    await fails(["log", "proof", "checkpoint"], elsewhere.checkpoint, {
      checkpoint: "checkpoint_signature_invalid",
    });
    await fails(["log", "proof", "checkpoint"], "nothing", {
      checkpoint: "checkpoint_malformed",
      inclusion: "checkpoint_malformed",
      anchor: "checkpoint_malformed",
    });
    await fails(["log", "publicKey"], toHex(otherLogKey.publicKey), {
      promise: "promise_invalid",
      checkpoint: "checkpoint_signature_invalid",
    });
    await fails(["log", "proof", "inclusion"], ofOtherInclusion(), {
      inclusion: "inclusion_invalid",
    });
    await fails(["log", "proof", "treeSize"], 8, { inclusion: "inclusion_invalid" });
    await fails(["log", "bond"], place.root, {
      checkpoint: "checkpoint_signature_invalid",
      anchor: "anchor_mismatch",
    });
  });

  function ofOtherInclusion(): readonly string[] {
    return answers.log.proof(secondIndex).inclusion;
  }

  test("counts witnesses only where asked, each key once, and none from the future", async () => {
    const { first, log } = answers;
    const { text } = parseNote(log.checkpoint);
    const [one, two, three] = [1, 2, 3].map((byte) =>
      createSigningKey(new Uint8Array(32).fill(byte)),
    );
    assert.ok(one && two && three);
    const now = place.nowMs / 1_000;
    const lines = [
      cosignNote(one, "one.example", text, now),
      cosignNote(one, "alias.example", text, now),
      cosignNote(two, "two.example", text, now + 7_200),
    ];
    const proof = { ...log.proof(firstIndex), checkpoint: log.checkpoint + lines.join("") };
    const cosigned = buildProofFile({ ...first, logProof: JSON.stringify(proof) });
    const keys = [
      { name: "one.example", publicKey: one.publicKey },
      { name: "alias.example", publicKey: one.publicKey },
      { name: "two.example", publicKey: two.publicKey },
      { name: "three.example", publicKey: three.publicKey },
    ];
    const held = await verify(cosigned, { witnesses: { keys, threshold: 1 } });
    assert.equal(held.holds, true);
    assert.equal(checkOf(held, "witnesses").detail, "1 of 4: alias.example");
    const missing = { witnesses: "cosignatures_missing" };
    const short = await verify(cosigned, { witnesses: { keys, threshold: 2 } });
    assert.deepEqual([short.holds, failuresOf(short)], [false, missing]);
    const bare = await verify(anchored, { witnesses: { keys, threshold: 1 } });
    assert.deepEqual(failuresOf(bare), missing);
    const signed = await verify(buildProofFile(first), { witnesses: { keys, threshold: 1 } });
    assert.deepEqual([signed.holds, checkOf(signed, "witnesses").status], [false, "unknown"]);
    const forged = {
      ...proof,
      checkpoint: log.checkpoint + cosignNote(one, "one.example", "x\n", now),
    };
    const spoilt = buildProofFile({ ...first, logProof: JSON.stringify(forged) });
    const verdict = await verify(spoilt, { witnesses: { keys, threshold: 1 } });
    assert.deepEqual(failuresOf(verdict), { witnesses: "checkpoint_signature_invalid" });
    assert.equal((await verify(spoilt)).holds, true, "nobody asked");
    for (const threshold of [0, 5, 1.5]) {
      await assert.rejects(verify(cosigned, { witnesses: { keys, threshold } }), RangeError);
    }
  });

  test("refuses an anchor of another bond, size, root or day", async () => {
    const anchor = ["log", "proof", "anchor"];
    const mismatch = { anchor: "anchor_mismatch" };
    await fails([...anchor, "bond"], place.root, mismatch);
    await fails([...anchor, "treeSize"], 6, mismatch);
    await fails([...anchor, "root"], "00".repeat(32), mismatch);
    const seconds = place.nowMs / 1_000;
    const late = { times: "anchor_mismatch" };
    await fails([...anchor, "timestamp"], seconds - 3_700, late);
    await fails([...anchor, "timestamp"], seconds + 3_700, late);
  });

  test("refuses evidence of another network, and lists without image or model", async () => {
    await fails(["network", "root"], place.bond, { evidence: "claims_network_mismatch" });
    await fails(["network", "networkId"], -3, {
      evidence: "claims_network_mismatch",
      checkpoint: "checkpoint_signature_invalid",
    });
    await fails(["policy", "measurements"], [], { policy: "image_unknown" });
    await fails(["policy", "measurements", 0, "teeType"], 0x81, { policy: "image_unknown" });
    await fails(["policy", "measurements", 0, "role"], "proxy", { policy: "claims_role_mismatch" });
    const models = [{ manifestHash: "05".repeat(32), name: "another", contextTokens: 512 }];
    await fails(["policy", "models"], models, { policy: "manifest_unknown" });
    await fails(["policy", "tcbEvaluationFloor"], 99, { policy: "collateral_rollback" });
    await fails(["policy", "readAtMs"], place.nowMs + 2 * hourMs, { times: "policy_stale" });
  });

  test("refuses times that cannot be, from whichever clock", async () => {
    await fails(["verifiedAtMs"], place.nowMs - 2 * hourMs, { times: "receipt_mismatch" });
    await fails(["verifiedAtMs"], place.nowMs + 2 * hourMs, { times: "receipt_mismatch" });
    const early = await verify(anchored, { nowMs: place.nowMs - 2 * hourMs });
    assert.deepEqual(failuresOf(early), { times: "receipt_mismatch" });
    const { first, log } = answers;
    const { promise } = (await createAnswers({ ...place, nowMs: place.nowMs + 2 * hourMs })).first;
    const backdated = await verify(buildProofFile({ ...withProof(first, log), promise }));
    assert.equal(failuresOf(backdated).times, "promise_invalid");
  });

  test("refuses an opened text that was not said, and one under another salt", async () => {
    const mismatch = { disclosure: "receipt_mismatch" };
    const value = toBase64(Uint8Array.from("{}", (char) => char.codePointAt(0) ?? 0));
    await fails(["disclosure", "fields", 0, "value"], value, mismatch);
    await fails(["disclosure", "fields", 0, "salt"], "00".repeat(32), mismatch);
    await fails(["disclosure", "fields", 0, "name"], "request", mismatch);
    await fails(["disclosure", "digests", 1], "00".repeat(32), mismatch);
  });

  test("refuses what it cannot read, and says so of no other check than those that need it", async () => {
    const broken = await verify(edited(anchored, ["receipt"], toBase64(new Uint8Array(385))));
    assert.deepEqual(failuresOf(broken), {
      receipt: "receipt_malformed",
      promise: "promise_invalid",
      inclusion: "inclusion_invalid",
    });
    assert.equal(broken.facts, undefined);
    assert.equal(checkOf(broken, "evidence").status, "unknown");
    assert.equal(broken.holds, false);
    await fails(["bundle"], toBase64(new Uint8Array(100)), {
      evidence: "bundle_malformed",
      identity: "bundle_malformed",
    });
    await fails(["promise"], toBase64(new Uint8Array(148)), {
      promise: "promise_invalid",
      times: "promise_invalid",
    });
  });

  test("believes nobody without a profile, and judges by the root key of the profile", async () => {
    const none = await verify(anchored, { profiles: [intelTdx] });
    assert.deepEqual(failuresOf(none), { evidence: "profile_unknown" });
    assert.equal(checkOf(none, "policy").status, "unknown");
    const [simulated] = profiles;
    assert.ok(simulated !== undefined);
    const wrong = await verify(anchored, {
      profiles: [{ ...simulated, rootKeyId: intelTdx.rootKeyId }],
    });
    assert.deepEqual(failuresOf(wrong), { evidence: "chain_untrusted" });
    assert.equal(wrong.holds, false);
  });

  test("refuses a receipt of another image, tier or sum than the evidence and prices give", async () => {
    const { first } = answers;
    const stranger = await createWorker(place, 0x1f, { measurement: "stranger" });
    const receipt = createReceipt(place, stranger, 9);
    const parts = { ...first, receipt, bundle: stranger.bundle };
    const unlisted = await verify(buildProofFile(parts));
    assert.deepEqual(failuresOf(unlisted), {
      policy: "image_unknown",
      promise: "promise_invalid",
    });
    const alteredAt = async (offset: number, byte: number): Promise<Verdict> =>
      verify(buildProofFile({ ...first, receipt: first.receipt.with(offset, byte) }));
    assert.equal(failuresOf(await alteredAt(203, 1)).amount, "receipt_mismatch");
    assert.equal(failuresOf(await alteredAt(157, 2)).identity, "receipt_signature_invalid");
  });

  test("judges a GPU's evidence apart from whether its measurements are listed", async () => {
    const gpu = await createSimulatedGpu({ nowMs: () => place.nowMs });
    const worker = await createWorker(place, 0x2b, { gpu });
    const receipt = createReceipt(place, worker, 0);
    const promise = signPromise(logKey, {
      leafHash: hashLeaf(receipt),
      index: 0,
      timestampMs: place.nowMs,
    });
    const { teeType } = simulatedGpuProfile;
    const listed = new Map([
      ...place.policy.measurements,
      [simulatedGpuMeasurementsHash, { teeType, role: "worker" }] as const,
    ]);
    const parts = { ...answers.first, receipt, promise, bundle: worker.bundle };
    const changes = { profiles: [...profiles, simulatedGpuProfile] };
    const unlisted = await verify(buildProofFile(parts), changes);
    assert.deepEqual(failuresOf(unlisted), { policy: "gpu_measurements_unknown" });
    const policy = encodePolicySnapshot({ ...place.policy, measurements: listed });
    assert.equal((await verify(buildProofFile({ ...parts, policy }), changes)).holds, true);
    const unbelieved = await verify(buildProofFile({ ...parts, policy }));
    assert.deepEqual(failuresOf(unbelieved), { evidence: "profile_unknown" });
  });

  test("holds a proof in each state, years later, and with no other checks than the state has", async () => {
    const { first, log } = answers;
    const states: readonly (readonly [ProofParts, string])[] = [
      [first, "signed"],
      [withProof(first, log), "included"],
      [withProof(first, log, anchorOf(log)), "anchored"],
    ];
    const seen = [];
    for (const [parts, state] of states) {
      const years = 5 * 365 * 24 * hourMs;
      const verdict = await verify(buildProofFile(parts), { nowMs: options.nowMs + years });
      assert.deepEqual([verdict.state, verdict.holds], [state, true]);
      seen.push(verdict.checks.map(({ id }) => id).join(" "));
    }
    assert.deepEqual(seen, [
      "receipt amount evidence identity policy policyOnChain promise logOnChain times",
      "receipt amount evidence identity policy policyOnChain promise checkpoint inclusion logOnChain times",
      "receipt amount evidence identity policy policyOnChain promise checkpoint inclusion logOnChain anchor anchorOnChain times",
    ]);
  });

  test("tells what the proof is about, and plainly that a TEE is simulated", async () => {
    const verdict = await verify(anchored, {
      network: { networkId: place.networkId, root: place.root },
    });
    assert.equal(verdict.holds, true);
    assert.equal(verdict.checks[0]?.id, "network");
    assert.match(checkOf(verdict, "evidence").detail ?? "", /^SIMULATED, tier dev/);
    assert.match(checkOf(verdict, "amount").detail ?? "", /^17737 nanotons/);
    assert.equal(checkOf(verdict, "disclosure").detail, "answer");
    assert.match(checkOf(verdict, "anchorOnChain").detail ?? "", /^not checked: no TON endpoint/);
    const { facts } = verdict;
    assert.equal(facts?.request, toHex(new Uint8Array(16).fill(firstIndex)));
    assert.deepEqual(facts?.model, { manifestHash, name: "cocoon-tiny" });
    assert.equal(facts?.amountNanotons, 17_737n);
    assert.equal(facts?.simulated, true);
    assert.deepEqual(facts?.disclosed, ["answer"]);
    const elsewhere = await verify(anchored, { network: { networkId: -3, root: place.root } });
    assert.deepEqual(failuresOf(elsewhere), { network: "claims_network_mismatch" });
  });

  test("says nothing of prompt, answer and salts", async () => {
    const verdict = await verify(anchored);
    const said = JSON.stringify(verdict, (_, value: unknown) =>
      typeof value === "bigint" ? value.toString() : value,
    );
    assert.doesNotMatch(said, /choices|completions|messages/);
    for (const opening of disclose(salt, content, ["answer", "request"]).fields) {
      assert.ok(!said.includes(toHex(opening.salt)) && !said.includes(toBase64(opening.value)));
    }
  });

  test("every field of a file counts; what only its writer says is for the chain to refute", async () => {
    const holding: string[] = [];
    for (const { path, value } of leavesOf(anchored)) {
      if (await isHeld(edited(anchored, path, altered(value)))) holding.push(path.join("."));
    }
    // One more than the floor is above the vendor's edition, and shows.
    const expected = unproven.filter((path) => path !== "policy.tcbEvaluationFloor");
    assert.deepEqual(holding.toSorted(), expected);
  });

  test("throws for no file whatever, and holds none with a changed character", async () => {
    const characters = '0123456789abcdefAZ+/=" ,:{}[]\\é';
    const character = fc.constantFrom(...Array.from(characters));
    await fc.assert(
      fc.asyncProperty(fc.nat(anchored.length - 1), character, async (index, char) => {
        const text = `${anchored.slice(0, index)}${char}${anchored.slice(index + 1)}`;
        if (!(await isHeld(text))) return;
        const same = withoutUnproven(anchored);
        assert.equal(withoutUnproven(text), same);
      }),
      { numRuns: 300 },
    );
  });

  test("throws for no bundle whatever", async () => {
    const file = parseProofFile(anchored);
    const byte = fc.integer({ min: 1, max: 255 });
    await fc.assert(
      fc.asyncProperty(fc.nat(file.bundle.length - 1), byte, async (index, mask) => {
        const bundle = file.bundle.with(index, (file.bundle[index] ?? 0) ^ mask);
        const verdict = await verifyProofFile({ ...file, bundle }, options);
        assert.equal(verdict.holds, false);
      }),
      { numRuns: 150 },
    );
  });
});
