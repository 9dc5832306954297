// Attacks on sealed requests and answers, by the numbers of the table in SECURITY.md.

import assert from "node:assert/strict";
import { suite, test } from "node:test";
import {
  type AnswerFrame,
  createAnswer,
  createSigningKey,
  type ErrorCode,
  ExecutedRequests,
  openAnswer,
  openKeyConfig,
  openRequest,
  requireSuite,
  suiteDefault,
  toHex,
  utf8,
} from "@cocoon/protocol";
import {
  createWorker,
  flip,
  header,
  nowMs,
  sealTo,
  ttlSeconds,
} from "../../packages/protocol/src/sealing/fixture.test.ts";

const prompt = "The merger is on Friday.";
const body = utf8(JSON.stringify({ messages: [{ role: "user", content: prompt }] }));
const worker = await createWorker(suiteDefault);

const open = (wire: Uint8Array, executed = new ExecutedRequests(), atMs = nowMs) =>
  openRequest(wire, worker.keyring, { nowMs: atMs, executed });

suite("attack 1: a proxy reads or alters a prompt", () => {
  test("the prompt is nowhere in what the proxy carries", async () => {
    const { wire } = await sealTo([worker], body);
    assert.ok(!toHex(wire).includes(toHex(utf8(prompt.slice(0, 8)))));
    assert.deepEqual((await open(wire)).body, body);
  });
  test("another price, model or worker in the header that it reads: sealed_unopenable", async () => {
    const { wire } = await sealTo([worker], body);
    const text = new TextDecoder("latin1").decode(wire);
    for (const field of ["25000000", "80000000", header.manifestHash, header.claimsHash]) {
      const at = text.indexOf(field);
      assert.ok(at > 0, field);
      const altered = wire.slice();
      altered[at] = "1".charCodeAt(0);
      await assert.rejects(open(altered), { code: "sealed_unopenable" }, field);
    }
  });
});

suite("attack 2: a proxy swaps the worker's key for its own", () => {
  test("a key that the attested identity did not sign: key_config_signature_invalid", async () => {
    const proxy = await createWorker(suiteDefault, 9);
    const { keyConfig } = await proxy.keyring.current(nowMs);
    const { publicKey } = createSigningKey(new Uint8Array(32).fill(1));
    assert.throws(() => openKeyConfig(keyConfig, publicKey, nowMs), {
      code: "key_config_signature_invalid",
    });
  });
});

suite("attack 11: a request is sent again", () => {
  test("to the same worker: sealed_replayed", async () => {
    const executed = new ExecutedRequests();
    const { wire } = await sealTo([worker], body);
    await open(wire, executed);
    await assert.rejects(open(wire, executed), { code: "sealed_replayed" });
  });
  test("after its time to live: sealed_expired", async () => {
    const { wire } = await sealTo([worker], body);
    const late = nowMs + 1_000 * ttlSeconds + 61_000;
    await assert.rejects(open(wire, new ExecutedRequests(), late), { code: "sealed_expired" });
  });
  test("to a worker that was restarted, or put back to an old disk: recipient_unknown", async () => {
    const { wire } = await sealTo([worker], body);
    const restarted = await createWorker(suiteDefault);
    const opened = openRequest(wire, restarted.keyring, { nowMs, executed: restarted.executed });
    await assert.rejects(opened, { code: "recipient_unknown" });
  });
});

suite("attack 12: a stream is cut, reordered or spliced", async () => {
  const { wire, pending } = await sealTo([worker], body);
  const sealer = createAnswer(await open(wire));
  const event = (text: string): AnswerFrame => ({ kind: "event", events: [text] });
  const frames: readonly AnswerFrame[] = [
    event('"one"'),
    event('"two"'),
    { kind: "final", receipt: new Uint8Array(385), salt: new Uint8Array(32), rest: {} },
  ];
  const [one, two, final] = frames.map((frame) => sealer.seal(frame));
  assert.ok(one && two && final);
  const other = await sealTo([worker], body);
  const foreign = createAnswer(await open(other.wire));

  const cases: readonly (readonly [string, readonly Uint8Array[], ErrorCode])[] = [
    ["without its end", [one, two], "sealed_truncated"],
    ["with a piece left out", [one, final], "sealed_unopenable"],
    ["in another order", [two, one, final], "sealed_unopenable"],
    ["with a piece twice", [one, one, two, final], "sealed_unopenable"],
    [
      "with a piece of another answer",
      [foreign.seal(event('"one"')), two, final],
      "sealed_unopenable",
    ],
    ["going on after its end", [one, two, final, one], "sealed_trailing"],
    ["with a bit flipped", [flip(one, -1), two, final], "sealed_unopenable"],
  ];
  for (const [what, chunks, code] of cases) {
    test(`an answer ${what}: ${code}`, () => {
      const opener = openAnswer(pending, sealer.head);
      assert.throws(
        () => {
          for (const chunk of chunks) opener.open(chunk);
          opener.end();
        },
        { code },
      );
    });
  }
  test("another request's answer: answer_mismatched", () => {
    assert.throws(() => openAnswer(pending, foreign.head), { code: "answer_mismatched" });
  });
});

suite("attack 19: sizes are watched", () => {
  test("requests of like size have one size", async () => {
    const sizes = new Set<number>();
    for (const length of [100, 200, 400]) {
      sizes.add((await sealTo([worker], new Uint8Array(length))).wire.length);
    }
    assert.equal(sizes.size, 1);
  });
  test("an answer's frames have one size, whatever they say, cover included", async () => {
    const { wire } = await sealTo([worker], body);
    const sealer = createAnswer(await open(wire));
    const sizes = ['"a"', `"${"long ".repeat(20)}"`].map(
      (text) => sealer.seal({ kind: "event", events: [text] }).length,
    );
    const cover = sealer.seal({ kind: "cover" }).length;
    assert.deepEqual(sizes, [cover, cover]);
  });
});

suite("attack 22: recorded today, decrypted later", () => {
  test("a key without the post-quantum half: suite_too_weak", async () => {
    const { config } = await createWorker(1);
    assert.throws(() => requireSuite(config, suiteDefault), { code: "suite_too_weak" });
    requireSuite(worker.config, suiteDefault);
  });
});
