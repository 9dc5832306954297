// What money is where, and what is about to happen to it, in words.

import { formatTon, type Nanotons } from "@cocoon/protocol";
import { timeOf, ton } from "../operator/amount.ts";
import { shorten } from "../terminal.ts";
import type { ChannelSummary, NetworkSummary, ProxySummary } from "./collect.ts";

/** An anchor costs about this. */
const anchorNanotons = 660_000n;
/** Fewer anchors than this are worth a word: half an hour at one every two seconds. */
const anchorsFew = 1_000n;

/** One sentence for each thing that somebody should know. */
export function describeMoney({
  askedAtMs,
  channels,
  proxies,
}: Pick<NetworkSummary, "askedAtMs" | "channels" | "proxies">): readonly string[] {
  return [
    ...channels.flatMap((channel) => describeChannel(channel, askedAtMs)),
    ...proxies.flatMap(describeProxy),
  ];
}

function describeChannel(channel: ChannelSummary, askedAtMs: number): readonly string[] {
  const { address, claimedNanotons, closesAtSeconds, depositNanotons, phase, spentNanotons } =
    channel;
  const name = `channel ${shorten(address)}`;
  if (closesAtSeconds !== undefined) {
    const rest = ton(depositNanotons - (claimedNanotons ?? 0n));
    return closesAtSeconds * 1_000 <= askedAtMs
      ? [`${name} is closing: ${rest} are free, and the gateway takes them back when it runs`]
      : [
          `${name} is closing: until ${timeOf(closesAtSeconds)} the proxy may take what it was promised,` +
            ` then the gateway takes back the rest of ${rest}`,
        ];
  }
  if (phase !== "open") return [];
  const free = depositNanotons - spentNanotons;
  const sentence = `${name} holds ${ton(depositNanotons)}: ${formatTon(spentNanotons)} is spent on answers, ${ton(free)} come back when you close it`;
  return [sentence, ...describePromised(name, channel)];
}

/** What is owed and not yet promised, and what was promised and not yet taken. */
function describePromised(
  name: string,
  { claimedNanotons: claimed, spentNanotons, voucheredNanotons: vouchered }: ChannelSummary,
): readonly string[] {
  if (vouchered === undefined) return [];
  const owed = spentNanotons - vouchered;
  const waiting = vouchered - (claimed ?? 0n);
  return [
    ...(owed > 0n ? [`${name}: the next voucher promises ${ton(owed)} more to the proxy`] : []),
    ...(waiting > 0n
      ? [`${name}: the proxy holds a voucher for ${ton(waiting)} and can take them any time`]
      : []),
  ];
}

function describeProxy(proxy: ProxySummary): readonly string[] {
  const { bond, bondNanotons, fault, phase, withdrawableAtSeconds } = proxy;
  const name = `proxy ${shorten(bond)}`;
  switch (phase) {
    case "bonded":
      return describeBudget(name, proxy.budgetNanotons);
    case "unbonding":
      return [
        `${name} is leaving: clients and workers have left it, and its ${ton(bondNanotons ?? 0n)} are free from ${timeOf(withdrawableAtSeconds ?? 0)}`,
      ];
    case "slashed":
      return [`${name} lost its bond for ${fault ?? "a fault"}: nobody deals with it any more`];
    case "unregistered":
      return [`${name} has no bond: nobody deals with it`];
    case undefined:
      return [];
  }
}

function describeBudget(name: string, budget: bigint | Nanotons | undefined): readonly string[] {
  if (budget === undefined || budget / anchorNanotons >= anchorsFew) return [];
  return [
    `${name} can pay for about ${budget / anchorNanotons} more anchors: cocoon proxy deposit --anchors adds to that`,
  ];
}
