// `cocoon channel`: what a running gateway pays from.

import { CocoonError, formatTon } from "@cocoon/protocol";
import type { Run } from "../command.ts";
import { GatewayClient } from "../gateway/client.ts";
import type { ChannelListing } from "../gateway/listings.ts";
import { timeOf } from "../operator/amount.ts";
import { gatewayUrl } from "../gateway/url.ts";
import { formatTable } from "../terminal.ts";
import { UsageError } from "../usage-error.ts";

export const channel: Run = async (given, terminal) => {
  const [action, address] = given.positionals;
  const isJson = given.flag("json");
  const client = new GatewayClient(gatewayUrl(given));
  if (action === "list" && address === undefined) {
    const channels = await client.channels();
    terminal.write(isJson ? channelsJson(channels) : channelsTable(channels));
    return 0;
  }
  if (action !== "close") throw new UsageError("cocoon channel is followed by list or close");
  const closing = address ?? (await openChannel(client));
  if (given.flag("alone")) {
    const { closesAtSeconds } = await client.closeChannelAlone(closing);
    const json = { address: closing, closesAtSeconds };
    terminal.write(
      isJson
        ? `${JSON.stringify(json, undefined, 2)}\n`
        : `closing ${closing}\n  the gateway takes the rest back from ${timeOf(closesAtSeconds)}\n`,
    );
    return 0;
  }
  const { paid, transaction } = await client.closeChannel(closing);
  const closed = { address: closing, paidNanotons: paid.toString(), transaction };
  terminal.write(
    isJson
      ? `${JSON.stringify(closed, undefined, 2)}\n`
      : `closed ${closing}\n  ${formatTon(paid)} TON paid to the proxy over its life\n  transaction ${transaction}\n`,
  );
  return 0;
};

/** The only open channel; throws channel_unknown when there is none or a choice. */
async function openChannel(client: GatewayClient): Promise<string> {
  const open = (await client.channels()).filter(({ phase }) => phase === "open");
  const [only] = open;
  if (only !== undefined && open.length === 1) return only.address;
  throw new CocoonError("channel_unknown", { reason: `${open.length} are open: name one` });
}

function channelsTable(channels: readonly ChannelListing[]): string {
  const rows = channels.map(({ address, deposit, phase, spent, vouchered }) => [
    address,
    phase,
    formatTon(deposit),
    formatTon(spent),
    vouchered === undefined ? "-" : formatTon(vouchered),
  ]);
  return formatTable([["CHANNEL", "PHASE", "DEPOSIT", "SPENT", "VOUCHERED"], ...rows]);
}

function channelsJson(channels: readonly ChannelListing[]): string {
  const listed = channels.map(({ address, deposit, phase, spent, vouchered }) => {
    return {
      address,
      phase,
      depositNanotons: deposit.toString(),
      spentNanotons: spent.toString(),
      ...(vouchered !== undefined && { voucheredNanotons: vouchered.toString() }),
    };
  });
  return `${JSON.stringify(listed, undefined, 2)}\n`;
}
