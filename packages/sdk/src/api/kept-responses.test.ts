import assert from "node:assert/strict";
import { test } from "node:test";
import { KeptResponses } from "./kept-responses.ts";

const unknown = { code: "response_unknown" };
const said = { type: "message", role: "assistant", content: [{ type: "output_text", text: "b" }] };

function setUp() {
  const clock = { ms: 0 };
  const kept = new KeptResponses(() => clock.ms);
  const keep = (id: string, body: object, owner = ""): void =>
    kept.keep({ id, output: [said] }, kept.recall({ ...body, store: true }, owner), owner);
  return { clock, kept, keep };
}

test("KeptResponses has nothing that is not there, is another's, was deleted or is an hour old", () => {
  const { clock, kept, keep } = setUp();
  keep("resp_1", { input: "a" }, "alice");
  assert.throws(() => kept.find("resp_2", "alice"), unknown);
  assert.throws(() => kept.find("resp_1", "bob"), unknown);
  assert.throws(() => kept.forget("resp_1", "bob"), unknown);
  assert.throws(() => kept.recall({ previous_response_id: "resp_1" }, ""), unknown);
  clock.ms = 3_599_999;
  assert.equal(kept.find("resp_1", "alice").response["id"], "resp_1");
  clock.ms = 3_600_000;
  assert.throws(() => kept.find("resp_1", "alice"), unknown);
  keep("resp_3", { input: "a" });
  kept.forget("resp_3", "");
  assert.throws(() => kept.find("resp_3", ""), unknown);
});

test("KeptResponses gives up the oldest when it is full", () => {
  const { kept, keep } = setUp();
  const large = "x".repeat(12_000_000);
  for (const id of ["resp_1", "resp_2", "resp_3"]) keep(id, { input: large });
  assert.throws(() => kept.find("resp_1", ""), unknown);
  assert.equal(kept.find("resp_3", "").response["id"], "resp_3");
  keep("resp_4", { input: large.repeat(3) });
  assert.throws(() => kept.find("resp_4", ""), unknown);
});

test("recall() leaves what it does not know to be refused, and keeps only what asks for it", () => {
  const { kept } = setUp();
  for (const body of [null, [], "a", { input: 1, store: false, previous_response_id: 7 }]) {
    const told = { store: false, previous_response_id: null };
    assert.deepEqual(kept.recall(body, ""), { body, told });
  }
  const { body, told } = kept.recall({ input: "a", store: true }, "");
  assert.deepEqual(body, { input: "a" });
  assert.deepEqual(told, { store: true, previous_response_id: null });
});

test("recall() puts the whole conversation before the input, its instructions aside", () => {
  const { kept, keep } = setUp();
  keep("resp_1", { input: "a", instructions: "Be kind." });
  const output = { type: "function_call_output", call_id: "c", output: "d" };
  keep("resp_2", { input: [output], previous_response_id: "resp_1" });
  const recalled = kept.recall({ input: "e", previous_response_id: "resp_2", store: true }, "");
  const user = (content: string) => ({ role: "user", content });
  assert.deepEqual(recalled.body, { input: [user("a"), said, output, said, user("e")] });
  assert.deepEqual(recalled.told, { store: true, previous_response_id: "resp_2" });
});
