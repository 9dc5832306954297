// A wallet from the command line, on a devnet.

import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, suite, test } from "node:test";
import { runCli } from "@cocoon/cli";
import { startDevnet } from "@cocoon/devnet";
import { JsonReader, parseJson } from "@cocoon/protocol";
import { recordedTerminal } from "../../packages/cli/testing/terminal.ts";

const ton = 1_000_000_000n;

suite("cocoon wallet on a devnet", async () => {
  const home = mkdtempSync(join(tmpdir(), "cocoon-wallet-"));
  const devnet = await startDevnet({ port: 0, blockMs: 50 });
  const reached = ["--home", home, "--endpoint", devnet.url];
  after(async () => {
    await devnet.stop();
    rmSync(home, { recursive: true, force: true });
  });
  const run = async (words: readonly string[], answers?: readonly string[]) => {
    const terminal = recordedTerminal(answers === undefined ? {} : { answers });
    const status = await runCli(["wallet", ...words, ...reached], terminal);
    return { status, output: terminal.written(), errors: terminal.noted() };
  };
  const shown = async (): Promise<JsonReader> => {
    const { output } = await run(["show", "--json"]);
    return new JsonReader(parseJson(output, "option_invalid"), "option_invalid");
  };
  const friendly = "0QDKbjIcfM6ezt8KjKJJLshZJJSqX7XOA4ff-W72r5gqPleK";
  const pay = ["send", "--to", friendly, "--amount", "1.5"];

  test("send refuses bad payments before it asks for anything", async () => {
    assert.equal((await run(["new"], ["secret", "secret"])).status, 0);
    const bad = [
      [["send"], /needs --to ADDRESS and --amount TON/],
      [["send", "--to", "alice", "--amount", "1"], /--to is a TON address/],
      [["send", "--to", friendly, "--amount", "0"], /--amount is in TON/],
      [["send", "--to", friendly, "--amount", "1e9"], /--amount is in TON/],
      [[...pay, "--comment", "x".repeat(1_025)], /at most 1024 bytes/],
      [pay, /--yes is needed/],
    ] as const;
    for (const [words, message] of bad) {
      const { errors, status } = await run(words);
      assert.equal(status, 2);
      assert.match(errors, message);
    }
    assert.equal((await run(pay, ["no"])).status, 130);
    assert.match((await run([...pay, "--yes"])).errors, /needs a passphrase/);
    assert.match((await run(pay, ["yes", "wrong"])).errors, /wrong passphrase/);
    assert.match((await run(pay, ["yes", "secret"])).errors, /wallet_insufficient/);
  });

  test("send pays what a person confirmed, tells the fee, and show tells the rest", async () => {
    await devnet.faucet((await shown()).address("address"), 5n * ton);
    assert.equal((await shown()).nanotons("balanceNanotons"), 5n * ton);
    const { errors, output, status } = await run(
      [...pay, "--comment", "thanks", "--json"],
      ["yes", "secret"],
    );
    assert.equal(status, 0);
    assert.match(errors, /pay +1\.5 TON\nto .*no code yet\nnetwork +devnet .*\ncomment +thanks\n/);
    const sent = new JsonReader(parseJson(output, "option_invalid"), "option_invalid");
    const fee = sent.nanotons("feeNanotons");
    assert.ok(fee > 0n && fee < ton / 100n);
    assert.equal((await shown()).nanotons("balanceNanotons"), 5n * ton - 1_500_000_000n - fee);
    assert.match(
      (await run(pay, ["yes", "secret"])).output,
      /^paid 1\.5 TON to 0:ca6e.*\n  transaction [0-9a-f]{64}\n  fee 0\.00\d+ TON\n$/,
    );
  });
});
