import * as fc from "fast-check";
import assert from "node:assert/strict";
import { test } from "node:test";
import { formatLine, parseLine } from "./line.ts";

const line = fc.record({
  sequence: fc.nat(),
  durableCount: fc.nat(),
  text: fc.string({ unit: "grapheme" }).map((text) => text.replaceAll("\n", " ")),
});

test("parseLine() returns what formatLine() was given", () => {
  fc.assert(
    fc.property(line, (given) => {
      const bytes = formatLine(given);
      assert.equal(bytes.at(-1), 10);
      assert.equal(bytes.indexOf(10), bytes.length - 1);
      assert.deepEqual(parseLine(bytes.subarray(0, -1)), { ...given });
    }),
  );
});

test("parseLine() returns undefined when any one byte is changed or missing", () => {
  const whole = formatLine({ sequence: 7, durableCount: 5, text: '{"kind":"time"}' });
  const bytes = whole.subarray(0, -1);
  for (const [index, byte] of bytes.entries()) {
    const changed = Buffer.from(bytes);
    changed[index] = byte ^ 1;
    assert.equal(parseLine(changed), undefined, `byte ${index}`);
    assert.equal(parseLine(bytes.subarray(0, index)), undefined, `length ${index}`);
  }
});
