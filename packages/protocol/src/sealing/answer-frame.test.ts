import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { utf8 } from "../bytes/index.ts";
import { CocoonError } from "../errors/index.ts";
import {
  type AnswerFrame,
  answerFrameBytesMax,
  encodeAnswerFrame,
  encodeEvents,
  eventBytesMax,
  frameTokensMax,
  parseAnswerFrame,
} from "./answer-frame.ts";
import { flip, overwrite } from "./fixture.test.ts";
import { pad } from "./padding.ts";

const malformed = { code: "sealed_malformed" };
const frameOf = (type: number, payload: Uint8Array | string): Uint8Array => {
  const bytes = typeof payload === "string" ? utf8(payload) : payload;
  const content = new Uint8Array([type, ...bytes]);
  return pad(content, Math.ceil((4 + content.length) / 256) * 256);
};

const manyDetails = Object.fromEntries(
  Array.from({ length: 17 }, (_, index) => [`detail${index}`, index]),
);

test("parseAnswerFrame() refuses sizes, padding and types that are not as they must be", () => {
  const cover = encodeAnswerFrame({ kind: "cover" }, 256);
  const wrong: readonly (readonly [string, Uint8Array])[] = [
    ["empty", new Uint8Array()],
    ["not a multiple of 256", cover.subarray(1)],
    ["above 65,536 bytes", pad(Uint8Array.of(0), answerFrameBytesMax + 256)],
    ["padding that is not zeros", flip(cover, -1)],
    ["more padding than a class explains", pad(Uint8Array.of(0), 1_280)],
    ["a size above the frame", overwrite(cover, 0, 0, 0, 1, 0)],
    ["no type", pad(new Uint8Array(), 256)],
    ["an unknown type", frameOf(5, "")],
    ["a cover that says something", frameOf(0, "x")],
  ];
  for (const [name, bytes] of wrong) {
    assert.throws(() => parseAnswerFrame(bytes), malformed, name);
  }
});

test("parseAnswerFrame() refuses events, errors and finals that are not well-formed", () => {
  const wrong: readonly (readonly [string, Uint8Array])[] = [
    ["events without a line feed at the end", frameOf(1, "{}")],
    ["an empty event", frameOf(1, "{}\n\n")],
    ["only a line feed", frameOf(1, "\n")],
    ["events that are not UTF-8", frameOf(1, Uint8Array.of(0xff, 0x0a))],
    ["an error that is not JSON", frameOf(2, "{")],
    ["an error that is not UTF-8", frameOf(2, Uint8Array.of(0xff))],
    ["an error without a code", frameOf(2, "{}")],
    ["an error with nested details", frameOf(2, '{"code":"internal","details":{"a":{}}}')],
    [
      "an error with a long detail",
      frameOf(2, `{"code":"internal","details":{"a":"${"x".repeat(513)}"}}`),
    ],
    [
      "an error with many details",
      frameOf(2, JSON.stringify({ code: "internal", details: manyDetails })),
    ],
    ["an error whose details are a list", frameOf(2, '{"code":"internal","details":[null]}')],
    ["a final without bytes", frameOf(3, "")],
    ["a final with a receipt cut short", frameOf(3, Uint8Array.of(0, 9, 1))],
    ["a final without its salt", frameOf(3, new Uint8Array(33))],
    [
      "a final whose rest is a list",
      frameOf(3, new Uint8Array([...new Uint8Array(34), ...utf8("[]")])),
    ],
    ["a final whose rest is not JSON", frameOf(3, new Uint8Array(40))],
    ["token ids of nobody", frameOf(4, Uint8Array.of(2, 0, 0, 0, 1))],
    ["no token ids", frameOf(4, Uint8Array.of(0))],
    ["a token id cut short", frameOf(4, Uint8Array.of(0, 0, 0, 1))],
  ];
  for (const [name, bytes] of wrong) {
    assert.throws(() => parseAnswerFrame(bytes), malformed, name);
  }
});

test("encodeAnswerFrame() refuses events of more than one line and frames above 65,536 bytes", () => {
  const encode = (frame: AnswerFrame) => encodeAnswerFrame(frame, 256);
  assert.throws(() => encode({ kind: "event", events: ["a\nb"] }), RangeError);
  assert.throws(() => encode({ kind: "event", events: [""] }), RangeError);
  const longest = "x".repeat(eventBytesMax - 1);
  assert.equal(encode({ kind: "event", events: [longest] }).length, answerFrameBytesMax);
  assert.throws(() => encode({ kind: "event", events: [`${longest}x`] }), RangeError);
  const ids = Array.from({ length: frameTokensMax }, () => 2 ** 32 - 1);
  assert.equal(encode({ kind: "tokens", of: "answer", ids }).length, answerFrameBytesMax);
  assert.throws(() => encode({ kind: "tokens", of: "answer", ids: [...ids, 0] }), RangeError);
  const [receipt, salt] = [new Uint8Array(1), new Uint8Array(31)];
  assert.throws(() => encode({ kind: "final", receipt, salt, rest: {} }), RangeError);
});

test("parseAnswerFrame() reads a code that it does not know as a failed answer", () => {
  assert.deepEqual(parseAnswerFrame(frameOf(2, '{"code":"of_the_future"}')), {
    kind: "error",
    code: "engine_failed",
    details: {},
  });
});

test("encodeEvents() of all frames joins to the same bytes however events are spread over frames", () => {
  const together = encodeEvents(["a", "b", "c"]);
  const apart = new Uint8Array([...encodeEvents(["a"]), ...encodeEvents(["b", "c"])]);
  assert.deepEqual(together, apart);
});

const line = fc.string({ minLength: 1, maxLength: 200 }).map((text) => JSON.stringify(text));
const anyFrame: fc.Arbitrary<AnswerFrame> = fc.oneof(
  fc.constant<AnswerFrame>({ kind: "cover" }),
  fc.array(line, { maxLength: 8 }).map((events): AnswerFrame => ({ kind: "event", events })),
  fc.constant<AnswerFrame>({
    kind: "error",
    code: "context_too_long",
    details: { tokens: 9, model: "m", known: true },
  }),
  fc
    .tuple(fc.uint8Array({ maxLength: 400 }), fc.uint8Array({ minLength: 32, maxLength: 32 }))
    .map(([receipt, salt]): AnswerFrame => ({ kind: "final", receipt, salt, rest: { a: [1] } })),
  fc
    .array(fc.nat(2 ** 32 - 1), { minLength: 1, maxLength: 300 })
    .map((ids): AnswerFrame => ({ kind: "tokens", of: "prompt", ids })),
);

test("parseAnswerFrame() is the inverse of encodeAnswerFrame()", () => {
  fc.assert(
    fc.property(anyFrame, fc.constantFrom(256 as const, 1024 as const), (frame, paddingClass) => {
      const bytes = encodeAnswerFrame(frame, paddingClass);
      assert.equal(bytes.length % paddingClass, 0);
      assert.deepEqual(parseAnswerFrame(bytes), frame);
    }),
    { numRuns: 100 },
  );
});

test("parseAnswerFrame() lets nothing but CocoonError out, whatever the bytes", () => {
  fc.assert(
    fc.property(fc.nat(5), fc.uint8Array({ maxLength: 300 }), (type, payload) => {
      try {
        parseAnswerFrame(frameOf(type, payload));
      } catch (error) {
        assert.ok(error instanceof CocoonError);
      }
    }),
    { numRuns: 300 },
  );
});
