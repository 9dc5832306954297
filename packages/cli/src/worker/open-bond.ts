// The coins that a worker needs before it serves: a bond where its tier wants one, and what payouts cost.

import {
  CocoonError,
  formatTon,
  nanotons,
  type Nanotons,
  networkIds,
  type RawAddress,
} from "@cocoon/protocol";
import { fundFromFaucet, readWorkerBond, registerWorkerBond, type Wallet } from "@cocoon/sdk";
import type { AttesterConfig } from "@cocoon/services";
import { formatTable } from "../terminal.ts";
import { wait } from "../waiting.ts";
import { bondFacts, planBond } from "../operator/worker-bond.ts";
import { askAmount } from "./questions.ts";
import type { SettingUp } from "./wishes.ts";

export type Opening = SettingUp & { readonly wallet: Wallet };

const oneTon = 1_000_000_000n;
/** A settlement carries 0.05 TON, of which nearly all comes back. */
const reserve = oneTon / 5n;
/** What a devnet's faucet gives, so that payouts never wait. */
const devnetAllowance = oneTon;
const lookMs = 3_000;

/**
 * Sees that the wallet has coins, and posts the bond where one is needed. Undefined where none is. Throws
 * option_invalid, chain_* and transaction_failed.
 */
export async function openBond(
  opening: Opening,
  attester: AttesterConfig,
): Promise<RawAddress | undefined> {
  const { wishes } = opening;
  if (attester.kind !== "open" && wishes.bond === undefined) {
    await seeCoins(opening, nanotons(0n));
    return undefined;
  }
  const { chain, home, network, terminal, wallet } = opening;
  const dispute = disputeOf(opening);
  const plan = await planBond({ chain, wallet, config: { home, network } }, { dispute, salt: 1n });
  const state = await readWorkerBond(chain, plan.address);
  if (state !== undefined) return plan.address;
  const least = plan.least > 0n ? plan.least : nanotons(oneTon);
  const terms = wishes.isSilent ? { ...terminal, isInteractive: false } : terminal;
  terminal.note(formatTable(bondFacts(plan, wishes.bond ?? least)));
  const amount =
    wishes.bond ?? (await askAmount("How much do you put at stake, in TON?", least, terms));
  await seeCoins(opening, amount);
  await registerWorkerBond(wallet, { ...plan.agreed, bond: amount });
  terminal.note(`bonded with ${formatTon(amount)} TON at ${plan.address}\n`);
  return plan.address;
}

/** Who may cancel a verdict: named, or a devnet's governance. */
function disputeOf({ dispute }: Opening): RawAddress {
  if (dispute !== undefined) return dispute;
  throw new CocoonError("option_invalid", {
    reason: "a bond needs --dispute ADDRESS: who may cancel a verdict against it",
  });
}

/** A devnet makes coins; elsewhere somebody has to send them. */
async function seeCoins(opening: Opening, stake: Nanotons): Promise<void> {
  const { chain, monitor, network, signal, terminal, wallet } = opening;
  const { address } = wallet;
  const need = stake + reserve;
  const balanceOf = async (): Promise<Nanotons> => (await chain.account(address)).balance;
  let balance = await balanceOf();
  if (network.networkId === networkIds.devnet && balance < need) {
    const lacking = nanotons(need + devnetAllowance - balance);
    await fundFromFaucet(network.endpoints[0] ?? "", address, lacking);
    balance = await balanceOf();
  }
  // Without a bond nothing is needed before the first payout.
  if (stake === 0n || balance >= need) return;
  terminal.note(`send ${formatTon(nanotons(need - balance))} TON to ${address}\n`);
  while (balance < need) {
    monitor.fault("wallet_empty", `${formatTon(nanotons(need - balance))} TON to ${address}`);
    await wait(lookMs, signal);
    balance = await balanceOf();
  }
  monitor.mend("wallet_empty");
}
