// A stranger's first minutes: one command, an answer, its proof, and a machine that is switched off and on.

import { JsonReader, parseJson, textOf, toHex } from "@cocoon/protocol";
import { parseProofFile } from "@cocoon/sdk";
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, suite, test } from "node:test";
import { assertPortsFree } from "../../packages/cli/src/supervisor/ports.ts";
import { freePortBase } from "../../packages/cli/testing/ports.ts";
import { noChromium } from "../browser/chromium.ts";
import { anchoredPage, printed } from "../guides/example.ts";
import { Guide } from "../guides/guide.ts";
import { altered, edited } from "../proof/tamper.ts";
import { waitFor } from "../network/harness.ts";
import { cocoon, CocoonProcess } from "./cocoon-process.ts";

const noPython =
  spawnSync("python3", ["-c", "str.removeprefix"]).status !== 0 && "needs python3 3.9 or later";

suite("cocoon on an empty machine", () => {
  const folder = mkdtempSync(join(tmpdir(), "cocoon-up-"));
  const home = join(folder, ".cocoon");
  const proof = join(home, "proof.json");
  const place = () => ({ folder, portBase: Number(portBase) });
  let portBase: string;
  let running: CocoonProcess | undefined;
  after(async () => {
    running?.signal("SIGKILL");
    await running?.ended;
    rmSync(folder, { recursive: true, force: true });
  });

  test("up --once answers, anchors, verifies, and stops", async () => {
    portBase = String(await freePortBase());
    const words = ["up", "--once", "Say hello", "--home", home, "--port-base", portBase];
    const { errors, output, status } = await new CocoonProcess(words).ended;
    assert.equal(status, 0, output + errors + logsOf(home));
    const steps = /chain up[^]+contracts deployed[^]+worker joined[^]+gateway ready[^]+anchored/;
    assert.match(output, steps);
    assert.match(output, /Tier dev: .* simulated/);
    assert.match(output, /> Say hello\n +\S/);
    assert.match(output, /cost +0\.0000\d+ TON for \d+ \+ \d+ tokens/);
    assert.match(output, /It holds\. The receipt is anchored\.\n +stopped .* in order\n$/);
    await assertPortsFree("127.0.0.1", portsFrom(Number(portBase)));
  });

  test("receipts, status and verify work with everything stopped", async () => {
    const listed = await cocoon("receipts", "--json", "--home", home);
    const [receipt, ...others] = jsonOf(`{"receipts":${listed.output}}`).objects("receipts", 9);
    assert.equal(others.length, 0);
    assert.equal(receipt?.string("state"), "anchored");
    const id = receipt?.string("id") ?? "";
    const exported = await cocoon("receipts", "export", id.slice(0, 6), "--home", home);
    writeFileSync(proof, exported.output);
    const elsewhere = join(home, "elsewhere");
    const [verified, asJson, down, unknown] = await Promise.all([
      cocoon("verify", proof, "--home", elsewhere),
      cocoon("verify", proof, "--json", "--home", elsewhere),
      cocoon("status", "--home", home),
      cocoon("receipts", "export", "ffffffff", "--home", home),
    ]);
    assert.equal(verified.status, 0, verified.output);
    assert.match(verified.output, /✓ Inclusion/);
    assert.match(verified.output, /\? Anchor on chain\n.*\n +not checked/);
    assert.match(verified.output, /What could be checked holds.*; 3 checks need the chain/);
    assert.equal(jsonOf(asJson.output).boolean("holds"), true);
    assert.match(down.output, /chain .*not reachable\n(?:accounts .*\n)?gateway .*not reachable/);
    assert.match(down.output, /open +10 +0\.0000\d+/);
    assert.match(unknown.errors, /receipt_unknown/);
  });

  test("verify refuses a proof that was touched, and what is none", async () => {
    const whole = readFileSync(proof, "utf8");
    const receipt = jsonOf(whole).string("receipt");
    const bad = join(home, "bad.json");
    writeFileSync(bad, edited(whole, ["receipt"], altered(receipt)));
    const touched = await cocoon("verify", bad);
    assert.equal(touched.status, 1);
    assert.match(touched.output, /✗ Identity\n[^]*It does not hold/);
    writeFileSync(bad, whole.slice(1));
    const broken = await cocoon("verify", bad);
    assert.equal(broken.status, 1);
    assert.match(broken.errors, /^cocoon: proof_malformed/);
  });

  test("the next start goes on from the same state, on the same ports, alone in its home", async () => {
    running = new CocoonProcess(["up", "--home", home]);
    const output = await running.outputs(/Everything is up/);
    assert.match(output, /transactions restored/);
    assert.match(output, new RegExp(`gateway ready .*:${portBase}/v1`));
    const second = await cocoon("up", "--home", home);
    assert.equal(second.status, 1);
    assert.match(second.errors, /cocoon up already runs here/);
    const other = join(home, "other");
    const crowded = await cocoon("up", "--home", other, "--port-base", portBase);
    assert.equal(crowded.status, 1);
    assert.match(crowded.errors, /in use .*--port-base/);
  });

  test("chat, channel and status talk to the running network", async () => {
    const asked = await cocoon("chat", "What is a worker?", "--home", home);
    assert.equal(asked.status, 0, asked.errors);
    assert.ok(asked.output.length > 1);
    assert.match(
      asked.errors,
      /operator can read prompts.*\n\d+ \+ \d+ tokens, 0\.0000\d+ TON, worker \S+, tier dev, receipt [0-9a-f]{32}\n$/,
    );
    const refused = await cocoon("chat", "hi", "--tier", "confidential", "--home", home);
    assert.match(refused.errors, /no_worker/);
    const [channels, status, verified] = await Promise.all([
      cocoon("channel", "list", "--home", home),
      cocoon("status", "--json", "--home", home),
      cocoon("verify", proof, "--home", home),
    ]);
    assert.match(channels.output, /0:[0-9a-f]{64} +open +10 /);
    const summary = jsonOf(status.output);
    assert.ok(summary.uint("seqno") > 0);
    assert.equal(summary.array("workers", 9).length, 2);
    assert.match(verified.output, /✓ Anchor on chain\n/);
  });

  test("chat --save-proof writes a proof that opens what it is told to, for its owner alone", async () => {
    const file = join(home, "told.json");
    const words = ["--home", home, "--save-proof", file];
    const asked = await cocoon(
      "chat",
      "What is a proxy?",
      ...words,
      "--disclose",
      "request,answer",
    );
    assert.equal(asked.status, 0, asked.errors);
    assert.match(asked.errors, /proof in .*told\.json, anchored\n$/);
    assert.equal(statSync(file).mode & 0o777, 0o600);
    const verified = await cocoon("verify", file, "--home", home);
    assert.equal(verified.status, 0, verified.output);
    assert.match(verified.output, /✓ Disclosure\n[^]*It holds\. The receipt is anchored/);
    const disclosure = jsonOf(readFileSync(file, "utf8")).object("disclosure");
    const opened = disclosure.objects("fields", 2).map((field) => {
      return [field.string("name"), textOf(field.base64("value", 100_000)) ?? ""] as const;
    });
    const said = new Map(opened);
    assert.match(said.get("request") ?? "", /"content":"What is a proxy\?"/);
    assert.ok((said.get("answer") ?? "").includes("chat.completion.chunk"));
    const again = await cocoon("chat", "hi", ...words);
    assert.match(again.errors, /it is there already/);
    const kept = readdirSync(join(home, "gateway")).map((name) => join(home, "gateway", name));
    for (const path of kept) assert.ok(!readFileSync(path).includes("What is a proxy?"), path);
  });

  test("what chat --save-content kept is opened later, field by field, and verify prints it", async () => {
    const mine = join(home, "mine.json");
    const opened = join(home, "opened.json");
    const asked = await cocoon("chat", "What is a log?", "--home", home, "--save-content", mine);
    assert.equal(asked.status, 0, asked.errors);
    assert.equal(statSync(mine).mode & 0o777, 0o600);
    const id = /receipt ([0-9a-f]{32})\n/.exec(asked.errors)?.[1] ?? "";
    const options = ["--home", home, "--content", mine, "--disclose", "message_0,answer_text"];
    const exported = await cocoon("receipts", "export", id, ...options, "--wait", "300");
    assert.equal(exported.status, 0, exported.errors);
    writeFileSync(opened, exported.output);
    const verified = await cocoon("verify", opened, "--home", home);
    assert.equal(verified.status, 0, verified.output);
    const [, answer, question] =
      /\nanswer_text\n([^]+)\n\nmessage_0\n([^]+)$/.exec(verified.output) ?? [];
    assert.equal(answer?.replaceAll(/^ {2}/gm, "").trim(), asked.output.trim());
    assert.match(question ?? "", /What is a log\?/);
    assert.match(verified.output, /It holds\. The receipt is anchored/);
    const closed = await cocoon("verify", proof, "--home", home);
    assert.ok(!closed.output.includes("answer_text"));
  });

  for (const page of ["README.md", "docs/users.md", "docs/auditors.md"]) {
    test(`${page}, command by command`, () => new Guide(page, place()).run());
  }

  test("the examples run, and what they were answered is proven", async () => {
    const gateway = `http://127.0.0.1:${portBase}/v1`;
    const receipt = /receipt [0-9a-f]{32}/;
    assert.match(await printed("chat.js", gateway), /^\w.*\ndev, \d+ nanotons, receipt/);
    assert.match(await printed("ai-sdk.js", gateway), receipt);
    assert.match(await printed("chat.sh", gateway), /x-cocoon-receipt-state: /);
    const network = join(home, "network.json");
    const own = await printed("in-process.js", network, join(folder, "own"));
    assert.match(own, /\S\ndev, fee \d+ nanotons, receipt [0-9a-f]{32} kept/);
    const verified = await printed("proofs.js", gateway, join(folder, "proofs"));
    assert.match(verified, /^(?:[0-9a-f]{32}\.json holds anchored \d+ nanotons\n){3}$/);
  });

  test("the example in Python runs", { skip: noPython }, async () => {
    const said = await printed("chat.py", `http://127.0.0.1:${portBase}/v1`);
    assert.match(said, /^\w.*\ndev, \d+ nanotons, receipt [0-9a-f]{32}\n$/);
  });

  test("the example of a page answers without a gateway", { skip: noChromium }, async () => {
    const network = await fetch(`http://127.0.0.1:${Number(portBase) + 30}/network.json`);
    const { answer } = await anchoredPage(await network.text());
    assert.match(answer, /\w/);
  });

  test("docs/gpu-owners.md, command by command: a worker joins, earns, and says so to its owner", async (context) => {
    const beganMs = performance.now();
    const guide = new Guide("docs/gpu-owners.md", place());
    const ofWorker = (...words: readonly string[]) => cocoon(...words, "--home", home);
    try {
      await guide.run();
      const status = await ofWorker("worker", "status", "--json");
      assert.equal(status.status, 0, status.errors);
      const report = jsonOf(status.output);
      assert.equal(report.string("activity"), "idle");
      const answer = await fetch(`http://127.0.0.1:${portBase}/v1/chat/completions`, {
        method: "POST",
        headers: {
          "content-type": "application/json",
          "x-cocoon-worker": report.string("workerId"),
        },
        body: JSON.stringify({
          model: report.object("model").string("name"),
          messages: [{ role: "user", content: "Say hello" }],
        }),
      });
      assert.equal(answer.status, 200, await answer.text());
      const row = await waitFor("a receipt of the worker is in the log", async () => {
        const { output } = await ofWorker("earnings", "--json");
        const [first] = jsonOf(`{"rows":${output}}`).objects("rows", 9);
        return first !== undefined && first.nanotons("earnedNanotons") > 0n && first;
      });
      context.diagnostic(
        `first nanoton ${Math.round(performance.now() - beganMs)} ms after the start`,
      );
      assert.equal(row.uint("answers"), 1);
      const csv = (await ofWorker("earnings", "--csv")).output.split("\r\n");
      assert.match(csv[0] ?? "", /^day,model,answers,.*,earnedNanotons,/);
      assert.match(csv[1] ?? "", new RegExp(`,${row.nanotons("earnedNanotons")},0,0$`));
      const market = await ofWorker("market", "--json");
      const id = report.string("workerId");
      const offers = jsonOf(market.output).objects("offers", 9);
      assert.ok(offers.some((offer) => offer.string("worker") === id));
    } finally {
      await guide.stop();
    }
    assert.match(guide.said(), /measured .*\n2 others serve it; proposed: 0\.05 \/ 0\.2 TON/);
    const gone = await ofWorker("worker", "status");
    assert.match(gone.errors, /peer_unreachable/);
  });

  test("docs/app-developers.md, command by command", () =>
    new Guide("docs/app-developers.md", place()).run());

  test("receipts export --cose writes the receipt as a signed statement of COSE", async () => {
    const file = join(home, "receipt.cose");
    const { receipt } = parseProofFile(readFileSync(join(home, "opened.json"), "utf8"));
    const id = toHex(receipt.subarray(4, 20));
    const wished = ["--cose", file, "--wait", "300"];
    const written = await cocoon("receipts", "export", id, "--home", home, ...wished);
    assert.equal(written.status, 0, written.errors);
    const statement = readFileSync(file);
    // Tag 18 of RFC 9052: a COSE_Sign1.
    assert.equal(statement[0], 0xd2);
    assert.ok(statement.includes(Buffer.from(receipt)));
  });

  test("a killed role is started again, and Ctrl-C stops everything in order", async () => {
    assert.ok(running);
    const [, , worker = 0] = rolesOf(home);
    process.kill(worker, "SIGKILL");
    await running.outputs(/worker-1 ended \(SIGKILL\).*\n[^]*worker-1 is up again/);
    running.signal("SIGINT");
    const { errors, output, status } = await running.ended;
    assert.equal(status, 0, output + errors);
    assert.match(output, /stopped .* in order\n$/);
    assert.equal(errors, "");
    running = undefined;
  });
});

const portsFrom = (base: number): number[] => [base, base + 10, base + 11, base + 20, base + 30];

function jsonOf(text: string): JsonReader {
  return new JsonReader(parseJson(text, "internal"), "internal");
}

/** What the roles said last, for a failure. */
function logsOf(home: string): string {
  const logs = join(home, "logs");
  return readdirSync(logs)
    .map((name) => `${name}\n${readFileSync(join(logs, name), "utf8").slice(-1_000)}`)
    .join("\n");
}

/** Process ids, in the order of the roles. */
function rolesOf(home: string): number[] {
  const roles = jsonOf(readFileSync(join(home, "lock"), "utf8")).array("roles", 9);
  return roles.filter((role) => typeof role === "number");
}
