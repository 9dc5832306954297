// What a worker's operator does with its bond: post it, keep it, take it back.

import { workerBondAddress } from "@cocoon/contracts";
import {
  CocoonError,
  createSigningKey,
  fromHex,
  type Nanotons,
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
import { placeOf } from "../worker/place.ts";
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

/** Opens the operator of --config or --name. Throws UsageError and option_invalid. */
export function openWorkerOperator(given: Arguments, terminal: Terminal): Operator {
  const config = readWorkerConfig(readConfigFile(placeOf(given).configPath));
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

function protectionOf({ network }: Pick<WorkerConfig, "network">): Parameters<typeof loadSeeds>[2] {
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
  const plan = await planBond(
    { chain, config, wallet },
    {
      dispute: disputeOf(given),
      salt: BigInt(given.uint("salt", { min: 0, max: Number.MAX_SAFE_INTEGER }) ?? 1),
    },
  );
  const { address, agreed, least } = plan;
  const amount = readAmount(given) ?? least;
  if (amount === 0n)
    throw new UsageError("--amount TON is missing: the root asks for no least one");
  await confirm(given, terminal, { verb: "post the bond", facts: bondFacts(plan, amount) });
  const { hash } = await registerWorkerBond(wallet, { ...agreed, bond: amount });
  terminal.write(`bonded with ${ton(amount)} at ${address}\n  transaction ${hash}\n`);
  if (config.bond !== address) {
    terminal.write(
      `  write "bond": "${address}" into the configuration, and start the worker anew\n`,
    );
  }
}

/** A bond before it is posted. */
export type BondPlan = {
  readonly agreed: Omit<Parameters<typeof registerWorkerBond>[1], "bond">;
  readonly address: RawAddress;
  /** What the root contract asks for. */
  readonly least: Nanotons;
};

type Bonding = Pick<Operator, "chain" | "wallet"> & {
  readonly config: Pick<WorkerConfig, "home" | "network">;
};

/** What this worker's bond will say; its key is made where there is none. Throws option_invalid where nobody could judge it. */
export async function planBond(
  { chain, config, wallet }: Bonding,
  { dispute, salt }: { readonly dispute: RawAddress; readonly salt: bigint },
): Promise<BondPlan> {
  const { auditors, params } = await readRoot(chain, config.network.root);
  if (auditors.keys.length === 0) {
    throw new CocoonError("option_invalid", {
      reason: "the root contract names no auditors, and a bond that nobody can judge is none",
    });
  }
  const path = join(config.home, bondKeysFile);
  const { publicKey } = createSigningKey(loadSeeds(path, ["bond"], protectionOf(config)).bond);
  const agreed = {
    governance: dispute,
    bondKey: publicKey,
    closeDelaySeconds,
    disputeDelaySeconds,
    salt,
    auditorThreshold: auditors.threshold,
    auditorKeys: auditors.keys.map((key) => fromHex(key) ?? new Uint8Array()),
  };
  const address = workerBondAddress({ ...agreed, owner: wallet.address });
  return { agreed, address, least: params.workerBondMin };
}

/** What its owner agrees to. */
export function bondFacts({ address, agreed }: BondPlan, amount: Nanotons): readonly string[][] {
  return [
    ["stake", ton(amount)],
    ["at", address],
    ["judged by", `${agreed.auditorThreshold} of ${agreed.auditorKeys.length} auditors`],
    ["who may cancel", agreed.governance],
    ["back after", `${closeDelaySeconds} s`],
  ];
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
