import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { StopScanner } from "./stop-scanner.ts";

/** All text that a scanner lets out, and whether it stopped. */
function scan(stops: readonly string[], pieces: readonly string[]): [string, boolean] {
  const scanner = new StopScanner(stops);
  let out = "";
  for (const piece of pieces) {
    const { text, stopped } = scanner.push(piece);
    out += text;
    if (stopped) return [out, true];
  }
  return [out + scanner.end(), false];
}

test("StopScanner.push() ends before a stop text that spans pieces", () => {
  assert.deepEqual(scan(["###"], ["ab#", "#", "#c"]), ["ab", true]);
  assert.deepEqual(scan(["aab"], ["aa", "ab"]), ["a", true]);
});

test("StopScanner.push() holds back no more than what may become a stop text", () => {
  const scanner = new StopScanner(["END"]);
  assert.deepEqual(scanner.push("xE"), { text: "x", stopped: false });
  assert.deepEqual(scanner.push("X"), { text: "EX", stopped: false });
  assert.deepEqual(scanner.push("EN"), { text: "", stopped: false });
  assert.equal(scanner.end(), "EN");
  assert.equal(scanner.end(), "");
});

test("StopScanner.push() takes the stop text that is whole first", () => {
  assert.deepEqual(scan(["later", "now"], ["it is now or later"]), ["it is ", true]);
});

test("StopScanner gives the same text however it is cut", () => {
  const letters = fc.string({ unit: fc.constantFrom("a", "b"), minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(fc.array(letters, { maxLength: 4 }), fc.array(letters), (stops, pieces) => {
      const whole = pieces.join("");
      assert.deepEqual(scan(stops, pieces), scan(stops, Array.from(whole)));
    }),
    { numRuns: 500 },
  );
});
