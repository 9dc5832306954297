// One question, through the client in this page. Loaded with the first.

import { CocoonError, type Tier } from "@cocoon/protocol";
import type { PageClient } from "@cocoon/sdk";
import type { Message } from "./conversation.ts";

export type Asked = {
  readonly model: string;
  readonly messages: readonly Message[];
  readonly tier: Tier;
  readonly signal: AbortSignal;
  readonly onText: (piece: string) => void;
};

export type Answered = {
  readonly receipt: string;
  readonly tier: Tier;
  readonly cost: bigint;
};

/** Asks, and tells the words as they come. Throws CocoonError; cancelled when the signal aborted. */
export async function ask(client: PageClient, asked: Asked): Promise<Answered> {
  const { messages, model, onText, signal, tier } = asked;
  const answer = await client.cocoon.chat({ model, messages, stream: true }, { tier, signal });
  for await (const chunk of answer.chunks()) onText(chunk.choices[0]?.delta.content ?? "");
  const { completed } = answer;
  if (completed === undefined) throw new CocoonError("internal", { reason: "no receipt" });
  const { amount, request } = completed.answer;
  return { receipt: request, tier: completed.receipt.tier, cost: amount };
}
