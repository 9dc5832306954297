// A question, its answer as it comes, and its receipt on the way to the chain.

import { formatTon } from "@cocoon/protocol";
import type { Answered } from "../gateway/answer.ts";
import type { GatewayClient } from "../gateway/client.ts";
import { costOf } from "../gateway/cost.ts";
import { type ReceiptState, receiptStates } from "../gateway/listings.ts";
import { printable, shorten, type Terminal } from "../terminal.ts";
import { poll } from "../waiting.ts";
import type { Steps } from "./steps.ts";

export type Asking = {
  readonly client: GatewayClient;
  readonly model: string;
  readonly steps: Steps;
  readonly terminal: Terminal;
  readonly signal: AbortSignal;
};

const anchorTimeoutMs = 180_000;
const everyMs = 100;

const meanings: Readonly<Record<ReceiptState, string>> = {
  signed: "by the worker that answered",
  included: "in the proxy's public log",
  anchored: "on chain, in the bond contract of the proxy",
};

/** Asks and shows the answer while it comes, then what it cost. */
export async function askAndShow(asking: Asking, prompt: string): Promise<Answered> {
  const { client, model, terminal } = asking;
  const { style, write } = terminal;
  write(`\n  ${style.bold(`> ${printable(prompt)}`)}\n  `);
  const messages = [{ role: "user" as const, content: prompt }];
  const onText = (text: string): void => write(printable(text));
  const answered = await client.ask({ model, messages, onText });
  write("\n\n");
  const cost = await costOf(client, answered.receipt);
  const tokens = `${answered.usage?.promptTokens ?? 0} + ${answered.usage?.completionTokens ?? 0} tokens`;
  write(`  receipt ${answered.receipt}\n`);
  write(`  cost    ${style.bold(`${formatTon(cost)} TON`)} for ${tokens}, `);
  write(`by worker ${shorten(answered.worker)}, tier ${answered.tier}\n`);
  return answered;
}

/** Shows the receipt's states as they come. Returns the proof file, anchored. */
export async function followReceipt(asking: Asking, receipt: string): Promise<string> {
  const { client, signal, steps } = asking;
  const sinceMs = steps.nowMs;
  let shown = 0;
  return await poll(
    async () => {
      const { file, state } = await client.proof(receipt);
      const reached = receiptStates.indexOf(state) + 1;
      for (const passed of receiptStates.slice(shown, reached)) {
        steps.done(passed, sinceMs, meanings[passed]);
      }
      shown = Math.max(shown, reached);
      return state === "anchored" ? file : undefined;
    },
    { everyMs, timeoutMs: anchorTimeoutMs, what: "the receipt's anchor", signal },
  );
}
