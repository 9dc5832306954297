// kill -9 of each role in turn, under load: what was acknowledged stays, and nothing is paid twice.

import { JsonReader, parseJson } from "@cocoon/protocol";
import assert from "node:assert/strict";
import Database from "libsql";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, suite, test } from "node:test";
import { freePortBase } from "../../packages/cli/testing/ports.ts";
import { waitFor } from "../network/harness.ts";
import { cocoon, CocoonProcess } from "./cocoon-process.ts";

const roles = ["devnet", "proxy", "worker-1", "worker-2", "gateway"] as const;
const callers = 4;

suite("cocoon up, with each role killed in turn under load", () => {
  const home = mkdtempSync(join(tmpdir(), "cocoon-kill-"));
  /** Receipts of the answers that reached the application whole. */
  const acknowledged = new Set<string>();
  let refused = 0;
  let running: CocoonProcess;
  let base: string;

  const get = async (path: string): Promise<JsonReader> => {
    const response = await fetch(`${base}${path}`);
    return new JsonReader(parseJson(await response.text(), "internal"), "internal");
  };

  /** Asks once; an answer counts when its stream came to its end. */
  const ask = async (): Promise<void> => {
    const response = await fetch(`${base}/v1/chat/completions`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({
        model: "cocoon-tiny",
        stream: true,
        max_tokens: 32,
        messages: [{ role: "user", content: "What is a receipt?" }],
      }),
    });
    const text = await response.text();
    if (!text.endsWith("data: [DONE]\n\n")) throw new Error(`refused: ${response.status}`);
    acknowledged.add(response.headers.get("x-cocoon-receipt") ?? "");
  };

  before(async () => {
    const portBase = await freePortBase();
    base = `http://127.0.0.1:${portBase}`;
    running = new CocoonProcess(["up", "--home", home, "--port-base", String(portBase)]);
    await running.outputs(/Everything is up/);
    const over = new AbortController();
    const call = async (): Promise<void> => {
      while (!over.signal.aborted) {
        try {
          await ask();
        } catch {
          refused += 1;
          await new Promise((resolve) => {
            setTimeout(resolve, 100);
          });
        }
      }
    };
    const load = Array.from({ length: callers }, call);
    for (const role of roles) {
      const target = acknowledged.size + 10;
      await waitFor("answers flow", () => acknowledged.size >= target);
      process.kill(pidOf(home, role), "SIGKILL");
      await running.outputs(new RegExp(`${role} is up again`));
    }
    const target = acknowledged.size + 20;
    await waitFor("answers flow again", () => acknowledged.size >= target);
    over.abort();
    await Promise.all(load);
  });
  after(async () => {
    running.signal("SIGINT");
    await running.ended;
    rmSync(home, { recursive: true, force: true });
  });

  test("loses no answer that was acknowledged", async () => {
    assert.ok(acknowledged.size >= 60, `${acknowledged.size} answered, ${refused} refused`);
    const stored = (await get("/v1/receipts?limit=10000")).objects("data", 10_000);
    const ids = new Set(
      stored.map((receipt) => receipt.string(receipt.has("announcedAs") ? "announcedAs" : "id")),
    );
    for (const id of acknowledged) assert.ok(ids.has(id), id);
  });

  test("anchors every receipt in the end", async () => {
    await waitFor("all are anchored", async () => {
      const stored = (await get("/v1/receipts?limit=10000")).objects("data", 10_000);
      return stored.every((receipt) => receipt.string("state") === "anchored");
    });
  });

  test("charges each answer once: receipts, voucher and the proxy's books agree to the nanoton", async () => {
    const stored = (await get("/v1/receipts?limit=10000")).objects("data", 10_000);
    const total = stored.reduce((sum, receipt) => sum + receipt.nanotons("amountNanotons"), 0n);
    await waitFor("the proxy holds a voucher for everything, and nothing is open", () => {
      const [books] = rows(join(home, "proxy", "proxy.db"), "SELECT * FROM incoming_channels");
      return books?.["posted"] === total && books["vouchered"] === total && books["pending"] === 0n;
    });
  });

  test("pays the workers for every receipt in the log, once", async () => {
    const [owed] = rows(
      join(home, "proxy", "proxy.db"),
      "SELECT sum(owed) AS total FROM outgoing_channels",
    );
    await waitFor("the workers hold vouchers for what they are owed", () => {
      const held = ["worker-1", "worker-2"].flatMap((worker) =>
        rows(join(home, worker, "worker.db"), "SELECT * FROM incoming_channels"),
      );
      const vouchered = held.reduce((sum, row) => sum + BigInt(row["vouchered"] ?? 0n), 0n);
      const posted = held.reduce((sum, row) => sum + BigInt(row["posted"] ?? 0n), 0n);
      return vouchered === owed?.["total"] && posted === vouchered;
    });
  });

  test("closes the channel on chain for exactly what was spent", async () => {
    const stored = (await get("/v1/receipts?limit=10000")).objects("data", 10_000);
    const total = stored.reduce((sum, receipt) => sum + receipt.nanotons("amountNanotons"), 0n);
    const [channel] = (await get("/v1/channels")).objects("data", 10);
    const address = channel?.string("address") ?? "";
    const response = await fetch(`${base}/v1/channels/${address}/close`, {
      method: "POST",
      headers: { "content-type": "application/json" },
    });
    const closed = new JsonReader(parseJson(await response.text(), "internal"), "internal");
    assert.equal(closed.nanotons("paidNanotons"), total);
    const { status, output } = await cocoon("status", "--json", "--home", home);
    assert.equal(status, 0, output);
  });
});

/** A role's process, by the supervisor's lock file. */
function pidOf(home: string, role: (typeof roles)[number]): number {
  const lock = new JsonReader(
    parseJson(readFileSync(join(home, "lock"), "utf8"), "internal"),
    "internal",
  );
  const pids = lock.array("roles", 9).filter((pid) => typeof pid === "number");
  return pids[roles.indexOf(role)] ?? assert.fail(`no process of ${role}`);
}

function rows(path: string, sql: string): Readonly<Record<string, bigint | string>>[] {
  const database = new Database(path, { readonly: true });
  try {
    // oxlint-disable-next-line no-unsafe-type-assertion -- the table's columns
    return database.prepare(sql).safeIntegers(true).all([]) as Record<string, bigint | string>[];
  } finally {
    database.close();
  }
}
