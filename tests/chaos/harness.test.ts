// The harness's own parts: one that cannot see a fault is worse than none.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { connect, createServer } from "node:net";
import { test } from "node:test";
import { crooks } from "../../chaos/faults/crooks.ts";
import { faultKinds } from "../../chaos/faults/index.ts";
import { checkPatches } from "../../chaos/network/patch.ts";
import { Relay } from "../../chaos/network/relay.ts";
import { plantedBugs } from "../../chaos/planted/bugs.ts";
import { schedule } from "../../chaos/schedule.ts";
import { CanaryWatch, hatchCanaries } from "../../chaos/watch/canary.ts";

function firstSteps(seed: string, count: number): string[] {
  const steps = schedule(seed, faultKinds);
  return Array.from({ length: count }, () => {
    const { value } = steps.next();
    return value.map(({ kind, what }) => `${kind}: ${what}`).join(" and ");
  });
}

test("schedule() draws the same for the same seed, and another for another", () => {
  assert.deepEqual(firstSteps("7", 60), firstSteps("7", 60));
  assert.notDeepEqual(firstSteps("7", 60), firstSteps("8", 60));
});

test("schedule() comes to every kind of fault before it repeats one", () => {
  const kinds = faultKinds.map(({ kind }) => kind);
  assert.equal(new Set(kinds).size, kinds.length);
  const seen = firstSteps("1", kinds.length).join("\n");
  for (const kind of kinds) assert.ok(seen.includes(`${kind}: `), kind);
});

test("CanaryWatch finds its words in every spelling, and where two pieces meet", () => {
  const canaries = hatchCanaries();
  const watch = new CanaryWatch(canaries);
  const text = `some ${canaries.prompt} text`;
  const bytes = Buffer.from(text);
  const spelled = [text, bytes.toString("hex"), bytes.toString("base64")];
  for (const spelling of spelled) assert.ok(watch.isIn(Buffer.from(spelling)), spelling);
  for (const shift of [1, 2]) {
    assert.ok(watch.isIn(Buffer.from(bytes.subarray(shift).toString("base64"))), `${shift}`);
  }
  assert.ok(watch.isIn(Buffer.from(canaries.answer, "utf16le")));
  assert.ok(!watch.isIn(Buffer.from("some other text")));
  const isInPiece = watch.follow();
  assert.ok(!isInPiece(bytes.subarray(0, 12)));
  assert.ok(isInPiece(bytes.subarray(12)));
});

test("CanaryWatch finds a word in the memory of a process, where the system lets it look", async (context) => {
  const canaries = hatchCanaries();
  const [first, second] = [canaries.prompt.slice(0, 9), canaries.prompt.slice(9)];
  // In two parts: its command line is in its memory too.
  const code = `globalThis.held = ["${first}", "${second}"].map(String).join(""); console.log(Buffer.from(held).length); setInterval(() => 0, 1e6)`;
  const child = spawn(process.execPath, ["-e", code], { stdio: ["ignore", "pipe", "inherit"] });
  try {
    await once(child.stdout, "data");
    const isThere = await new CanaryWatch(canaries).isInMemoryOf(child.pid ?? 0);
    if (isThere === undefined) context.skip("no /proc/PID/mem");
    else assert.ok(isThere);
  } finally {
    child.kill("SIGKILL");
  }
});

test("Relay passes everything in order, also while it is slow, and loses what it is told to", async () => {
  const echo = createServer((socket) => void socket.pipe(socket)).listen(0, "127.0.0.1");
  await once(echo, "listening");
  const address = echo.address();
  assert.ok(typeof address === "object" && address !== null);
  let observed = 0;
  const relay = await Relay.open({
    name: "test",
    to: address.port,
    observe: () => (piece) => (observed += piece.length),
  });
  const socket = connect(relay.port, "127.0.0.1");
  let got = "";
  const gets = async (text: string): Promise<void> => {
    while (!got.endsWith(text)) got += String((await once(socket, "data"))[0]);
  };
  for (const delayMs of [0, 30, 0, 5]) {
    relay.delay(delayMs);
    socket.write(`${delayMs}.`);
  }
  await gets("0.30.0.5.");
  assert.equal(got, "0.30.0.5.");
  assert.equal(observed, 2 * got.length);
  assert.ok(relay.counts.delayed > 0);
  relay.delay(0);
  relay.changeAfter(1);
  socket.write("AAA");
  await gets("AQA");
  const ended = once(socket, "close");
  relay.truncateAfter(2);
  socket.write("BBBB");
  await ended;
  assert.equal(relay.counts.swallowed, 2);
  await relay.close();
  echo.close();
});

test("every planted bug and every crook still finds the line that it takes out", () => {
  const changed = [...plantedBugs, ...crooks];
  for (const { patches } of changed) {
    assert.ok(patches.length > 0);
    checkPatches(patches);
  }
});
