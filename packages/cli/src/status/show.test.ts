import { startDevnet } from "@cocoon/devnet";
import { proposeChange } from "@cocoon/sdk";
import assert from "node:assert/strict";
import { test } from "node:test";
import { temporaryHome } from "../../testing/home.ts";
import { freePortBase } from "../../testing/ports.ts";
import { runGenesis } from "../network/genesis.ts";
import { planNetwork } from "../network/plan.ts";
import { createStyle } from "../terminal.ts";
import { collectStatus } from "./collect.ts";
import { formatStatus, statusJson } from "./show.ts";

test("formatStatus() shows what governance is about to change, and that only", async (context) => {
  const home = temporaryHome(context);
  const portBase = await freePortBase();
  const devnet = await startDevnet({ port: portBase + 20, blockMs: 20 });
  context.after(() => devnet.stop());
  const plan = await planNetwork({ home, portBase });
  const { governance, governanceKey, network } = plan;
  await runGenesis(plan, () => undefined);
  const style = createStyle(false);
  const quiet = formatStatus(await collectStatus(home, network), network, style);
  assert.match(quiet, /^root +0:[0-9a-f]{64}, revision 0$/m);
  assert.doesNotMatch(quiet, /pending/);

  const { manifestHash } = network.model;
  const removal = { kind: "removeModel", manifestHash } as const;
  await proposeChange(governance, network.root, removal, { signers: [governanceKey] });
  const summary = await collectStatus(home, network);
  const shown = formatStatus(summary, network, style);
  const rows = /^pending changes\nCHANGE +FROM +WHAT\n0 +now, since \S+Z +remove model [0-9a-f]+/m;
  assert.match(shown, rows);
  assert.match(statusJson(summary), /"kind": "removeModel"/);
});
