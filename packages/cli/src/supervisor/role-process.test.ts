import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { test, type TestContext } from "node:test";
import { dirname } from "node:path";
import { writeConfigFile } from "@cocoon/services";
import { temporaryHome } from "../../testing/home.ts";
import { freePortBase, listenOn } from "../../testing/ports.ts";
import { configPath, logPath, rolePath } from "../home.ts";
import type { Facts } from "../roles/role.ts";
import { doublingDelayMs, RoleProcess } from "./role-process.ts";

const graceMs = 300_000;

type Watched = {
  readonly role: RoleProcess;
  /** How it ended, each time. */
  readonly deaths: string[];
  /** The next time that it is up again. */
  readonly back: Promise<Facts>;
};

/** A devnet under supervision: the role with the least around it. */
function superviseDevnet(context: TestContext, port: number): Watched {
  const home = temporaryHome(context);
  const path = logPath(home, "devnet");
  mkdirSync(dirname(path));
  writeConfigFile(configPath(home, "devnet"), {
    home: rolePath(home, "devnet"),
    port,
    blockMs: 20,
  });
  const deaths: string[] = [];
  let tellBack: (facts: Facts) => void = () => undefined;
  const back = new Promise<Facts>((resolve) => {
    tellBack = resolve;
  });
  const role = new RoleProcess({
    name: "devnet",
    home,
    logPath: path,
    restartDelayMs: () => 1,
    onForked: () => undefined,
    onDied: (_name, how) => deaths.push(how),
    onBack: (_name, facts) => tellBack(facts),
    nowMs: Date.now,
  });
  context.after(() => role.kill());
  return { role, deaths, back };
}

test("RoleProcess says why a role cannot start, and does not start it again", async (context) => {
  const port = await freePortBase();
  const server = await listenOn(port);
  context.after(() => server.close());
  const { deaths, role } = superviseDevnet(context, port);
  role.start();
  await assert.rejects(role.ready, { code: "option_invalid" });
  assert.deepEqual(deaths, []);
  assert.ok(await role.stop(graceMs));
});

test("RoleProcess starts a killed role again, with what it had, and stops it in order", async (context) => {
  const { back, deaths, role } = superviseDevnet(context, 0);
  role.start();
  const first = await role.ready;
  assert.equal(first["networkId"], -7_239);
  process.kill(role.pid ?? 0, "SIGKILL");
  const second = await back;
  assert.deepEqual(deaths, ["SIGKILL"]);
  assert.notEqual(second["url"], undefined);
  assert.ok(await role.stop(graceMs));
  assert.equal(role.pid, undefined);
});

test("RoleProcess ends a role at once that was never started", async (context) => {
  const { deaths, role } = superviseDevnet(context, 0);
  assert.ok(await role.stop(graceMs));
  await assert.rejects(role.ready, { code: "internal" });
  assert.deepEqual(deaths, []);
});

test("doublingDelayMs() doubles from a quarter of a second to ten", () => {
  assert.deepEqual(
    [1, 2, 3, 6, 7, 100].map(doublingDelayMs),
    [250, 500, 1_000, 8_000, 10_000, 10_000],
  );
});
