// `cocoon up`: the supervisor of a whole network on one machine.

import { CocoonError } from "@cocoon/protocol";
import { parseProofFile, verifyProofFile } from "@cocoon/sdk";
import { showVerdict } from "../audit/show.ts";
import type { Arguments, Run } from "../command.ts";
import { homeOf } from "../home.ts";
import { bringUp } from "../network/bring-up.ts";
import { type Asking, askAndShow, followReceipt } from "../network/first-answer.ts";
import { readLocalNetwork, writeLocalNetwork } from "../network/network-file.ts";
import { openPage } from "../network/page.ts";
import { type NetworkPlan, planNetwork, portsOf } from "../network/plan.ts";
import { writeRoleConfigs } from "../network/role-configs.ts";
import { profilesOf } from "../network/trust.ts";
import { Steps } from "../network/steps.ts";
import { type HomeLock, lockHome } from "../supervisor/home-lock.ts";
import { listenForInterrupts } from "../supervisor/interrupts.ts";
import { assertPortsFree } from "../supervisor/ports.ts";
import { RoleSet } from "../supervisor/role-set.ts";
import { formatSeconds, type Terminal } from "../terminal.ts";
import { UsageError } from "../usage-error.ts";
import { abortableClock } from "../waiting.ts";

const portBaseDefault = 10_000;
const firstPrompt = "What is Cocoon?";
/** How long a role may take to close: answers under way, a last voucher, a last checkpoint. */
const graceMs = 30_000;

export const up: Run = async (given, terminal) => {
  const home = homeOf(given);
  const portBase = given.uint("port-base", { min: 1_024, max: 65_505 });
  let killAll: () => void = () => undefined;
  const interrupts = listenForInterrupts(() => killAll());
  try {
    const lock = await lockHome(home, interrupts.signal);
    try {
      const roles = createRoles({ home, lock, terminal, isVerbose: given.flag("verbose") });
      killAll = () => roles.kill();
      return await supervise({ given, home, portBase, roles, terminal, signal: interrupts.signal });
    } finally {
      lock.release();
    }
  } finally {
    interrupts.release();
  }
};

type Supervision = {
  readonly given: Arguments;
  readonly home: string;
  readonly portBase: number | undefined;
  readonly roles: RoleSet;
  readonly terminal: Terminal;
  readonly signal: AbortSignal;
};

async function supervise(supervision: Supervision): Promise<number> {
  const { given, roles, signal, terminal } = supervision;
  const telegramUrl = telegramUrlOf(given);
  const steps = new Steps(terminal);
  const plan = await preparePlan(supervision);
  const beganMs = steps.nowMs;
  const once = given.text("once");
  let page: Page;
  try {
    roles.fork();
    const client = await bringUp({ plan, roles, steps, signal });
    page = await showPage(plan, steps, telegramUrl);
    const { model } = plan.network;
    const asking = { client, model: model.name, steps, terminal, signal };
    terminal.write(`\n${simulatedNotice}`);
    if (once !== undefined) return await askOnce(asking, plan, once);
    await askFirst(asking);
    const took = formatSeconds(steps.nowMs - beganMs);
    terminal.write(`\n  Everything is up, ${took} after the start. Ctrl-C stops it; `);
    terminal.write("the next start goes on from here.\n\n");
    if (page !== undefined) {
      terminal.write(`  Open ${terminal.style.bold(urlOf(plan))} in a browser.\n\n`);
    }
    await untilAborted(signal);
    return 0;
  } finally {
    await page?.close(0);
    await stop(roles, steps);
  }
}

type Page = Awaited<ReturnType<typeof openPage>>;

async function showPage(
  plan: NetworkPlan,
  steps: Steps,
  telegramUrl: string | undefined,
): Promise<Page> {
  const sinceMs = steps.nowMs;
  const page = await openPage(plan, telegramUrl);
  if (page === undefined) steps.note("There is no web page: npm run build makes it.");
  else steps.done("page ready", sinceMs, urlOf(plan));
  return page;
}

/** Throws UsageError for what is no link of a Mini App. */
function telegramUrlOf(given: Arguments): string | undefined {
  const url = given.text("telegram");
  if (url === undefined || /^https:\/\/t\.me\/\w+(?:\/\w+)?$/.test(url)) return url;
  throw new UsageError("--telegram is a link such as https://t.me/BOT/APP");
}

function urlOf({ host, ports }: NetworkPlan): string {
  return `http://${host}:${ports.page}`;
}

const simulatedNotice = `  Tier dev: the trusted environment is simulated, so its evidence protects nothing, and the coins are worth nothing.
`;

async function preparePlan({ home, portBase, signal }: Supervision): Promise<NetworkPlan> {
  const before = readLocalNetwork(home);
  const base = portBase ?? before?.portBase ?? portBaseDefault;
  await assertPortsFree("127.0.0.1", Object.values(portsOf(base)));
  const plan = await planNetwork({ home, portBase: base, clock: abortableClock(signal) });
  writeRoleConfigs(plan);
  writeLocalNetwork(home, plan.network);
  return plan;
}

/** The answer must come, its receipt must be anchored, and every check of its proof must hold. */
async function askOnce(asking: Asking, plan: NetworkPlan, prompt: string): Promise<number> {
  const { receipt } = await askAndShow(asking, prompt);
  const file = await followReceipt(asking, receipt);
  const { chain, network } = plan;
  const profiles = await profilesOf(network.networkId);
  const verdict = await verifyProofFile(parseProofFile(file), {
    profiles,
    network,
    chain,
    nowMs: Date.now(),
  });
  asking.terminal.write("\n");
  showVerdict(verdict, asking.terminal);
  return verdict.checks.every(({ status }) => status === "holds") ? 0 : 1;
}

/** A network is up even where its first answer is not to be had. */
async function askFirst(asking: Asking): Promise<void> {
  try {
    const { receipt } = await askAndShow(asking, firstPrompt);
    await followReceipt(asking, receipt);
  } catch (error) {
    if (!(error instanceof CocoonError) || error.code === "cancelled") throw error;
    asking.terminal.note(`\n  ${error.code}: ${error.message}\n`);
  }
}

type Watched = {
  readonly home: string;
  readonly lock: HomeLock;
  readonly terminal: Terminal;
  readonly isVerbose: boolean;
};

function createRoles({ home, isVerbose, lock, terminal }: Watched): RoleSet {
  const { style, write } = terminal;
  const say = (text: string): void => write(`  ${style.dim(text)}\n`);
  return new RoleSet({
    home,
    onProcesses: lock.record,
    onDied: (name, how, delayMs) =>
      say(`${name} ended (${how}); it is started again in ${formatSeconds(delayMs)}`),
    onBack: (name) => say(`${name} is up again`),
    onOutput: isVerbose ? (name, text) => write(labelled(name, text)) : undefined,
  });
}

function labelled(name: string, text: string): string {
  return text.replaceAll(/^(?=.)/gm, `${name}: `);
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}

async function stop(roles: RoleSet, steps: Steps): Promise<void> {
  const sinceMs = steps.nowMs;
  const killed = await roles.stop(graceMs);
  const detail = killed.length === 0 ? "in order" : `${killed.join(", ")} had to be killed`;
  steps.done("stopped", sinceMs, detail);
}
