// The tool behind `npm run mutate`, without a run.

import assert from "node:assert/strict";
import { test } from "node:test";
import { contractSources } from "../tools/compile.ts";
import { mutantsOf } from "../tools/mutation/mutants.ts";
import { applyEdit, editsOf } from "../tools/mutation/operators.ts";
import { readReasons } from "../tools/mutation/report.ts";
import { codeOf, enumsOf } from "../tools/mutation/tolk-text.ts";

const source = `import "errors" // 1 < 2
enum Phase: uint8 {
    Open
    Closed
}

const GAS_OPEN = 600

fun check(st: Storage, value: int) {
    assert (value >= 5) throw Err.TooEarly;
    if (st.phase == Phase.Open) {
        val rest = value - 1;
        st.save();
    }
    send({ value: 0, dest: st.owner }, "a + b");
}
`;

test("editsOf() breaks what is code, one thing at a time", () => {
  const changed = editsOf(source, enumsOf(source)).map((edit) => applyEdit(source, edit));
  const lines = source.split("\n");
  const differences = changed.map((text) => {
    const different = text.split("\n").find((line, index) => line !== lines[index]);
    return `${different?.trim()}`;
  });
  assert.deepEqual(
    new Set(differences),
    new Set([
      "",
      "assert (value <= 5) throw Err.TooEarly;",
      "assert (value > 5) throw Err.TooEarly;",
      "assert (value >= 5) throw Err.UnknownOp;",
      "assert (value >= 6) throw Err.TooEarly;",
      "const GAS_OPEN = 1200",
      "const GAS_OPEN = 300",
      "if (false) {",
      "if (st.phase != Phase.Open) {",
      "if (st.phase == Phase.Closed) {",
      "if (true) {",
      'send({ value: 0, dest: contract.getAddress() }, "a + b");',
      "val rest = value + 1;",
      "val rest = value - 2;",
    ]),
  );
});

test("codeOf() keeps offsets and blanks out what is not code", () => {
  const code = codeOf(source);
  assert.equal(code.length, source.length);
  assert.ok(!code.includes("a + b") && !code.includes("1 < 2") && !code.includes("errors"));
});

test("every survivor that survivors.json explains is still a way to break a contract", () => {
  const names = new Set(
    contractSources.flatMap(({ entry }) => mutantsOf(entry)).map(({ name }) => name),
  );
  const reasons = Object.keys(readReasons());
  assert.deepEqual(
    reasons.filter((name) => !names.has(name)),
    [],
  );
});
