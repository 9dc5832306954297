// What a proxy's operator does with its bond: post it, keep it, take it back.

import { proxyBondAddress } from "@cocoon/contracts";
import { CocoonError, createSigningKey, nanotons, type SigningKey } from "@cocoon/protocol";
import {
  type ChainClient,
  createWallet,
  depositProxyBond,
  fundAnchors,
  type ProxyBondState,
  readProxyBond,
  readRoot,
  registerProxyBond,
  requestProxyUnbond,
  updateProxyBond,
  type Wallet,
  withdrawProxyBond,
} from "@cocoon/sdk";
import {
  environment,
  loadSeeds,
  type ProxyConfig,
  proxyMigrations,
  readConfigFile,
  readProxyConfig,
} from "@cocoon/services";
import { join } from "node:path";
import type { Arguments } from "../command.ts";
import { openChain } from "../roles/chain.ts";
import { formatTable, type Terminal } from "../terminal.ts";
import { UsageError } from "../usage-error.ts";
import { readAmount, requireAmount, timeOf, ton } from "./amount.ts";
import { confirm } from "./confirm.ts";
import { reclaimEverything, settleEverything, type Till } from "./money.ts";

type Operator = {
  readonly given: Arguments;
  readonly terminal: Terminal;
  readonly config: ProxyConfig;
  readonly chain: ChainClient;
  readonly wallet: Wallet;
  readonly logKey: SigningKey;
};

const oneTon = 1_000_000_000n;
/** Pays for about 1,500 anchors. */
const anchorBudget = nanotons(oneTon);
const closeDelaySeconds = 172_800;

export const proxyBondActions: Readonly<Record<string, (operator: Operator) => Promise<void>>> = {
  show,
  bond,
  deposit,
  update,
  unbond,
  withdraw,
  settle: (operator) => settleEverything(tillOf(operator)),
  reclaim: (operator) => reclaimEverything(tillOf(operator)),
};

function tillOf({ config, terminal, wallet }: Operator): Till {
  const path = join(config.home, "proxy.db");
  const { networkId } = config.network;
  return { wallet, networkId, path, migrations: proxyMigrations, terminal };
}

/** Opens the operator of --config. Throws UsageError and option_invalid. */
export function openProxyOperator(given: Arguments, terminal: Terminal): Operator {
  const path = given.text("config");
  if (path === undefined) throw new UsageError("cocoon proxy needs --config FILE");
  const config = readProxyConfig(readConfigFile(path));
  const chain = openChain(config.network);
  const { networkId } = config.network;
  const names = ["wallet", "log", "session"] as const;
  const protection = { networkId, passphrase: environment().passphrase };
  const seeds = loadSeeds(join(config.home, "keys.json"), names, protection);
  const wallet = createWallet({ client: chain, seed: seeds.wallet });
  return { given, terminal, config, chain, wallet, logKey: createSigningKey(seeds.log) };
}

async function show(operator: Operator): Promise<void> {
  const { chain, config, terminal, wallet } = operator;
  const state = await readProxyBond(chain, config.bond);
  const { balance } = await chain.account(wallet.address);
  const rows = [
    ["wallet", `${wallet.address}, ${ton(balance)}`],
    ["bond", config.bond],
    ["phase", state?.phase ?? "absent: cocoon proxy bond posts it"],
  ];
  if (state === undefined || state.phase === "unregistered") {
    terminal.write(formatTable(rows));
    return;
  }
  const account = await chain.account(config.bond);
  rows.push(
    ["at stake", ton(state.bond)],
    ["for anchors", ton(account.balance - state.bond)],
    ["url", state.url],
    ["fee", `${state.feeBps / 100} %`],
    ["unbonding", `takes ${state.closeDelaySeconds} s`],
    ...(state.phase === "unbonding" ? [["free from", timeOf(state.withdrawableAtSeconds)]] : []),
    ...(state.phase === "slashed"
      ? [["slashed", `${ton(state.slash.amount)} for ${state.slash.fault}`]]
      : []),
  );
  terminal.write(formatTable(rows));
}

async function bond(operator: Operator): Promise<void> {
  const { chain, config, given, logKey, terminal, wallet } = operator;
  const salt = BigInt(given.uint("salt", { min: 0, max: Number.MAX_SAFE_INTEGER }) ?? 1);
  const address = proxyBondAddress({ owner: wallet.address, salt });
  if (config.bond !== address) {
    throw new CocoonError("option_invalid", {
      field: "bond",
      reason: `this wallet's bond is at ${address}: write that into the configuration first`,
    });
  }
  const { params } = await readRoot(chain, config.network.root);
  const amount = readAmount(given) ?? params.bondMin;
  if (amount < params.bondMin) {
    throw new CocoonError("bond_insufficient", {
      reason: `the root asks for ${ton(params.bondMin)}`,
    });
  }
  const url = urlOf(operator);
  await confirm(given, terminal, {
    verb: "post the bond",
    facts: [
      ["stake", ton(amount)],
      ["for anchors", ton(anchorBudget)],
      ["url", url],
      ["fee", `${config.feeBps / 100} %`],
    ],
  });
  const { hash } = await registerProxyBond(wallet, {
    salt,
    bond: amount,
    anchorBudget,
    terms: { url, logKey: logKey.publicKey, feeBps: config.feeBps, closeDelaySeconds },
  });
  terminal.write(`bonded with ${ton(amount)} at ${address}\n  transaction ${hash}\n`);
}

async function deposit(operator: Operator): Promise<void> {
  const { config, given, terminal, wallet } = operator;
  const amount = requireAmount(given);
  await requirePhase(operator, "bonded");
  const isForAnchors = given.flag("anchors");
  const add = isForAnchors ? fundAnchors : depositProxyBond;
  const { hash } = await add(wallet, config.bond, amount);
  const what = isForAnchors ? "for anchors" : "to the bond";
  terminal.write(`added ${ton(amount)} ${what}\n  transaction ${hash}\n`);
}

/** Address, fee and log key, as the configuration and the keys have them now. */
async function update(operator: Operator): Promise<void> {
  const { config, logKey, terminal, wallet } = operator;
  await requirePhase(operator, "bonded");
  const [url, feeBps] = [urlOf(operator), config.feeBps];
  const terms = { url, feeBps, logKey: logKey.publicKey };
  const { hash } = await updateProxyBond(wallet, config.bond, terms);
  terminal.write(`the bond says ${url}, fee ${feeBps / 100} %\n  transaction ${hash}\n`);
}

async function unbond(operator: Operator): Promise<void> {
  const { config, given, terminal, wallet } = operator;
  const state = await requirePhase(operator, "bonded");
  await confirm(given, terminal, {
    verb: "stop",
    facts: [
      ["unbond", ton(state.bond)],
      ["meaning", "clients and workers leave this proxy at once; its log still answers for it"],
    ],
  });
  const { hash } = await requestProxyUnbond(wallet, config.bond);
  const after = await requirePhase(operator, "unbonding");
  terminal.write(`unbonding\n  transaction ${hash}\n`);
  if (after.phase === "unbonding") {
    terminal.write(`  cocoon proxy withdraw, from ${timeOf(after.withdrawableAtSeconds)}\n`);
  }
}

async function withdraw(operator: Operator): Promise<void> {
  const { chain, config, terminal, wallet } = operator;
  const state = await requirePhase(operator, "unbonding");
  const { seenAtSeconds } = await chain.account(config.bond);
  if (state.phase === "unbonding" && seenAtSeconds < state.withdrawableAtSeconds) {
    throw new CocoonError("bond_insufficient", {
      reason: `it cannot be taken before ${timeOf(state.withdrawableAtSeconds)}`,
    });
  }
  const { hash } = await withdrawProxyBond(wallet, config.bond);
  terminal.write(`took ${ton(state.bond)} back\n  transaction ${hash}\n`);
}

/** The bond in a phase. Throws bond_insufficient for another, before anything is paid. */
async function requirePhase(
  { chain, config }: Operator,
  phase: ProxyBondState["phase"],
): Promise<ProxyBondState> {
  const state = await readProxyBond(chain, config.bond);
  if (state?.phase === phase) return state;
  const reason = `it is ${state?.phase ?? "absent"}, not ${phase}`;
  throw new CocoonError("bond_insufficient", { bond: config.bond, reason });
}

/** What the bond will say: --url, for a proxy that listens elsewhere than the world reaches it. */
function urlOf({ config, given }: Operator): string {
  const url = given.text("url") ?? `${config.host}:${config.port}`;
  if (/^(?:\[[0-9a-f:.]+\]|[a-z0-9.-]+):\d{1,5}$/i.test(url)) return url;
  throw new UsageError("--url is HOST:PORT");
}
