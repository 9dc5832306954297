// What a worker's operator does with its bond: post it, keep it, take it back.

import { workerBondAddress } from "@cocoon/contracts";
import {
  CocoonError,
  createSigningKey,
  fromHex,
  parseAddress,
  type RawAddress,
} from "@cocoon/protocol";
import {
  type ChainClient,
  createWallet,
  depositWorkerBond,
  readRoot,
  readWorkerBond,
  registerWorkerBond,
  requestWorkerUnbond,
  type Wallet,
  withdrawWorkerBond,
} from "@cocoon/sdk";
import {
  bondKeysFile,
  environment,
  loadSeeds,
  readConfigFile,
  readWorkerConfig,
  type WorkerConfig,
  workerMigrations,
} from "@cocoon/services";
import { join } from "node:path";
import type { Arguments } from "../command.ts";
import { openChain } from "../roles/chain.ts";
import { formatTable, type Terminal } from "../terminal.ts";
import { UsageError } from "../usage-error.ts";
import { readAmount, requireAmount, timeOf, ton } from "./amount.ts";
import { confirm } from "./confirm.ts";
import { settleEverything, type Till } from "./money.ts";

type Operator = {
  readonly given: Arguments;
  readonly terminal: Terminal;
  readonly config: WorkerConfig;
  readonly chain: ChainClient;
  readonly wallet: Wallet;
};

const day = 86_400;
const [closeDelaySeconds, disputeDelaySeconds] = [2 * day, day];

export const workerBondActions: Readonly<Record<string, (operator: Operator) => Promise<void>>> = {
  show,
  bond,
  deposit,
  unbond,
  withdraw,
  settle: (operator) => settleEverything(tillOf(operator)),
};

function tillOf({ config, terminal, wallet }: Operator): Till {
  const path = join(config.home, "worker.db");
  const { networkId } = config.network;
  return { wallet, networkId, path, migrations: workerMigrations, terminal };
}

/** Opens the operator of --config. Throws UsageError and option_invalid. */
export function openWorkerOperator(given: Arguments, terminal: Terminal): Operator {
  const path = given.text("config");
  if (path === undefined) throw new UsageError("cocoon worker needs --config FILE");
  const config = readWorkerConfig(readConfigFile(path));
  const chain = openChain(config.network);
  const seeds = loadSeeds(join(config.home, "keys.json"), ["wallet"], protectionOf(config));
  return {
    given,
    terminal,
    config,
    chain,
    wallet: createWallet({ client: chain, seed: seeds.wallet }),
  };
}

function protectionOf({ network }: WorkerConfig): Parameters<typeof loadSeeds>[2] {
  return { networkId: network.networkId, passphrase: environment().passphrase };
}

async function show({ chain, config, terminal, wallet }: Operator): Promise<void> {
  const { balance } = await chain.account(wallet.address);
  const rows = [["wallet", `${wallet.address}, ${ton(balance)}`]];
  const state = config.bond && (await readWorkerBond(chain, config.bond));
  rows.push(["bond", config.bond ?? "none: cocoon worker bond posts one"]);
  if (state !== undefined && state !== "") {
    rows.push(["phase", state.phase], ["at stake", ton(state.bond)]);
    if (state.phase === "unbonding") rows.push(["free from", timeOf(state.withdrawableAtSeconds)]);
    if (state.pending !== undefined) {
      const { executableAtSeconds, reason, receipt } = state.pending;
      rows.push(["accused", `reason ${reason}, receipt ${receipt}`]);
      rows.push([
        "",
        `the bond is lost from ${timeOf(executableAtSeconds)} unless it is cancelled`,
      ]);
    }
    if (state.phase === "slashed") {
      rows.push(["slashed", `${ton(state.slash.amount)} for ${state.slash.fault}`]);
    }
  }
  terminal.write(formatTable(rows));
}

async function bond({ chain, config, given, terminal, wallet }: Operator): Promise<void> {
  const { auditors, params } = await readRoot(chain, config.network.root);
  if (auditors.keys.length === 0) {
    throw new CocoonError("option_invalid", {
      reason: "the root contract names no auditors, and a bond that nobody can judge is none",
    });
  }
  const amount = readAmount(given) ?? params.workerBondMin;
  if (amount === 0n)
    throw new UsageError("--amount TON is missing: the root asks for no least one");
  const path = join(config.home, bondKeysFile);
  const { publicKey } = createSigningKey(loadSeeds(path, ["bond"], protectionOf(config)).bond);
  const agreed = {
    governance: disputeOf(given),
    bondKey: publicKey,
    closeDelaySeconds,
    disputeDelaySeconds,
    salt: BigInt(given.uint("salt", { min: 0, max: Number.MAX_SAFE_INTEGER }) ?? 1),
    auditorThreshold: auditors.threshold,
    auditorKeys: auditors.keys.map((key) => fromHex(key) ?? new Uint8Array()),
  };
  const address = workerBondAddress({ ...agreed, owner: wallet.address });
  await confirm(given, terminal, {
    verb: "post the bond",
    facts: [
      ["stake", ton(amount)],
      ["at", address],
      ["judged by", `${auditors.threshold} of ${auditors.keys.length} auditors`],
      ["who may cancel", agreed.governance],
      ["back after", `${closeDelaySeconds} s`],
    ],
  });
  const { hash } = await registerWorkerBond(wallet, { ...agreed, bond: amount });
  terminal.write(`bonded with ${ton(amount)} at ${address}\n  transaction ${hash}\n`);
  if (config.bond !== address) {
    terminal.write(
      `  write "bond": "${address}" into the configuration, and start the worker anew\n`,
    );
  }
}

/** Who may cancel a verdict while it waits: an address that the owner trusts, such as the governance's wallet. */
function disputeOf(given: Arguments): RawAddress {
  const text = given.text("dispute");
  if (text !== undefined && parseAddress(text) !== undefined) return text;
  throw new UsageError("--dispute ADDRESS names who may cancel a verdict, as 0: and 64 hex digits");
}

async function deposit(operator: Operator): Promise<void> {
  const amount = requireAmount(operator.given);
  const { address } = await requirePhase(operator, "bonded");
  const { hash } = await depositWorkerBond(operator.wallet, address, amount);
  operator.terminal.write(`added ${ton(amount)} to the bond\n  transaction ${hash}\n`);
}

async function unbond(operator: Operator): Promise<void> {
  const { given, terminal, wallet } = operator;
  const { address, state } = await requirePhase(operator, "bonded");
  await confirm(given, terminal, { verb: "unbond", facts: [["unbond", ton(state.bond)]] });
  const { hash } = await requestWorkerUnbond(wallet, address);
  const after = await requirePhase(operator, "unbonding");
  terminal.write(`unbonding\n  transaction ${hash}\n`);
  if (after.state.phase === "unbonding") {
    terminal.write(`  cocoon worker withdraw, from ${timeOf(after.state.withdrawableAtSeconds)}\n`);
  }
}

async function withdraw(operator: Operator): Promise<void> {
  const { chain, terminal, wallet } = operator;
  const { address, state } = await requirePhase(operator, "unbonding");
  const { seenAtSeconds } = await chain.account(address);
  if (state.phase === "unbonding" && seenAtSeconds < state.withdrawableAtSeconds) {
    throw new CocoonError("bond_insufficient", {
      reason: `it cannot be taken before ${timeOf(state.withdrawableAtSeconds)}`,
    });
  }
  if (state.pending !== undefined) {
    throw new CocoonError("bond_insufficient", { reason: "a verdict is pending" });
  }
  const { hash } = await withdrawWorkerBond(wallet, address);
  terminal.write(`took ${ton(state.bond)} back\n  transaction ${hash}\n`);
}

/** The bond in a phase. Throws bond_insufficient for another, before anything is paid. */
async function requirePhase({ chain, config: { bond: address } }: Operator, phase: string) {
  const state = address === undefined ? undefined : await readWorkerBond(chain, address);
  if (address !== undefined && state?.phase === phase) return { address, state };
  const found = address === undefined ? "not in the configuration" : (state?.phase ?? "absent");
  throw new CocoonError("bond_insufficient", { reason: `it is ${found}, not ${phase}` });
}
