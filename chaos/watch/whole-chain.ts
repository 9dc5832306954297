// Where every nanoton is, when all roles have ended: the chain is opened again from its journal, and the databases beside it.

import type { RawAddress } from "@cocoon/protocol";
import { Address, loadMessage, loadTransaction } from "@ton/core";
import { channelNotices, type ChannelState, parseChannelData } from "@cocoon/contracts";
import { join } from "node:path";
import { Ledger, messagesOf, parseBoc } from "../../packages/devnet/src/ledger/index.ts";
import { type Bookkeeper, integer, readRows, type Row } from "./books.ts";

/** One sentence for each place where money is missing, or is too much. */
export async function checkWholeChain(home: string): Promise<string[]> {
  const faults: string[] = [];
  const ledger = await Ledger.open({
    home: join(home, "devnet"),
    blockMs: 0,
    snapshotEvery: Infinity,
    nowSeconds: () => Math.floor(Date.now() / 1_000),
    onFailure: (error) => faults.push(`the chain's journal: ${String(error)}`),
  });
  try {
    const flows = await readFlows(ledger);
    faults.push(...checkSum(ledger, flows), ...checkClients(home, ledger, flows));
    faults.push(...checkWorkers(home, ledger));
  } finally {
    await ledger.close();
  }
  return faults;
}

/** What all transactions burned, and what each channel gave back to its payer. */
type Flows = { burned: bigint; readonly refunds: Map<RawAddress, bigint> };

async function readFlows(ledger: Ledger): Promise<Flows> {
  const flows: Flows = { burned: 0n, refunds: new Map() };
  for (const row of ledger.history.rows) {
    const cell = parseBoc(Buffer.from((await ledger.transaction(row)).boc, "base64"));
    flows.burned += loadTransaction(cell.beginParse()).totalFees.coins;
    const { incoming } = messagesOf(cell);
    if (incoming === undefined) continue;
    const { body, info } = loadMessage(incoming.beginParse());
    if (info.type !== "internal") continue;
    flows.burned += info.forwardFee + info.ihrFee;
    const slice = body.beginParse();
    if (slice.remainingBits < 32 || slice.loadUint(32) !== channelNotices.refund) continue;
    const from = addressOf(info.src.toRawString());
    flows.refunds.set(from, (flows.refunds.get(from) ?? 0n) + info.value.coins);
  }
  return flows;
}

function checkSum(ledger: Ledger, { burned }: Flows): string[] {
  const held = [...ledger.addresses()].reduce(
    (sum, address) => sum + ledger.account(address).balanceNanotons,
    0n,
  );
  if (held + burned === ledger.minted) return [];
  return [`${ledger.minted} were made, ${held} are held and ${burned} were burned`];
}

/** A channel that a client paid from was closed: what the client stored is what the proxy got, the rest went back. */
function checkClients(home: string, ledger: Ledger, { refunds }: Flows): string[] {
  const spent = byChannel(home, "gateway", "SELECT channel, amount FROM spent");
  const payouts = readPayouts(home, "proxy");
  return readRows(home, "proxy", "SELECT address FROM incoming_channels").flatMap((row) => {
    const channel = addressOf(row["address"]);
    const state = channelAt(ledger, channel);
    if (state === undefined) return [`the chain has no channel ${channel}`];
    const back = refunds.get(channel) ?? 0n;
    return [
      ...unequal(channel, ["spent", spent.get(channel) ?? 0n], ["claimed", state.claimed]),
      ...unequal(channel, ["deposited", state.deposited], ["used", state.claimed + back]),
      ...checkPayouts(channel, payouts.get(channel) ?? 0n, state.claimed),
    ];
  });
}

/** Workers' channels are still open: no more was claimed than was earned, and what was earned is covered. */
function checkWorkers(home: string, ledger: Ledger): string[] {
  const owed = byChannel(
    home,
    "proxy",
    "SELECT address AS channel, owed AS amount FROM outgoing_channels",
  );
  const workers = ["worker-1", "worker-2"] as const;
  const payouts = workers.map((worker) => readPayouts(home, worker));
  return [...owed].flatMap(([channel, earned]) => {
    const state = channelAt(ledger, channel);
    if (state === undefined) return earned === 0n ? [] : [`the chain has no channel ${channel}`];
    const paid = payouts.reduce((sum, channels) => sum + (channels.get(channel) ?? 0n), 0n);
    const left = ledger.account(channel).balanceNanotons;
    const due = state.deposited - state.claimed;
    return [
      ...(state.claimed <= earned ? [] : [`${channel}: ${state.claimed} claimed of ${earned}`]),
      ...(left >= due ? [] : [`${channel} holds ${left} nanotons of ${due}`]),
      ...checkPayouts(channel, paid, state.claimed),
    ];
  });
}

/** A role that ended before it saw its last settlement on chain writes it down when it starts again. */
function checkPayouts(channel: string, paid: bigint, claimed: bigint): string[] {
  return paid <= claimed ? [] : [`${channel}: ${paid} paid out by the books, ${claimed} claimed`];
}

/** A sum and what it is called. */
type Sum = readonly [what: string, nanotons: bigint];

function unequal(channel: string, [left, first]: Sum, [right, second]: Sum): string[] {
  return first === second ? [] : [`${channel}: ${first} ${left}, ${second} ${right}`];
}

function channelAt(ledger: Ledger, address: RawAddress): ChannelState | undefined {
  const { data } = ledger.account(address);
  return data && parseChannelData(data);
}

function readPayouts(home: string, role: Bookkeeper): ReadonlyMap<RawAddress, bigint> {
  return byChannel(
    home,
    role,
    "SELECT channel, sum(amount) AS amount FROM payouts GROUP BY channel",
  );
}

/** Rows of a channel and an amount. */
function byChannel(home: string, role: Bookkeeper, sql: string): ReadonlyMap<RawAddress, bigint> {
  return new Map(
    readRows(home, role, sql).map((row) => [addressOf(row["channel"]), integer(row["amount"])]),
  );
}

function addressOf(text: Row[string] | undefined): RawAddress {
  return Address.parseRaw(String(text)).toRawString();
}
