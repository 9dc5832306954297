// The client in this page: it verifies, seals, pays and checks here. Loaded when somebody is about to ask.

import { CocoonError, nanotons, type Tier } from "@cocoon/protocol";
import { createDevnetPayer, openPageClient, type PageClient, type ReceiptState } from "@cocoon/sdk";
import type { NetworkDescription } from "../network/index.ts";
import { profiles } from "../verify/index.ts";
import type { Message } from "./conversation.ts";

export type SessionStep = "network" | "channel";

export type SessionEvents = {
  readonly onStep: (step: SessionStep) => void;
  /** A receipt has come further. */
  readonly onProved: (receipt: string, state: ReceiptState) => void;
};

export const devnetId = -7_239;
/** The most that a demo session can lose, in coins that are worth nothing. */
const depositNanotons = nanotons(1_000_000_000n);

/** Opens a session that a devnet pays for. Throws as openPageClient(). */
export async function openDemoSession(
  network: NetworkDescription,
  { onProved, onStep }: SessionEvents,
): Promise<PageClient> {
  onStep("network");
  const [endpoint = ""] = network.endpoints;
  const payer = await createDevnetPayer(endpoint);
  const client = await openPageClient({
    network,
    payer,
    profiles,
    depositNanotons,
    tier: "dev",
    onProved,
  });
  onStep("channel");
  await client.sessions.next();
  return client;
}

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
