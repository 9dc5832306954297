// The one client of this page, and how far its session has come.

import { CocoonError } from "@cocoon/protocol";
import type { PageClient, ReceiptState } from "@cocoon/sdk";
import { createLive, type Shown } from "../live/index.ts";
import type { NetworkDescription } from "../network/index.ts";
import { fundingOf } from "./funding.ts";
import type { FundedClient } from "./session.ts";

export type SessionStep = "network" | "channel";

export type SessionPhase =
  | { readonly phase: "closed" }
  | { readonly phase: "opening"; readonly step: SessionStep }
  | { readonly phase: "open" }
  | { readonly phase: "failed"; readonly code: string; readonly message: string };

const state = createLive<SessionPhase>({ phase: "closed" });
let current: FundedClient | undefined;
let opening: Promise<FundedClient> | undefined;
const provedListeners = new Set<(receipt: string, reached: ReceiptState) => void>();

export const sessionPhase: Shown<SessionPhase> = state;

/** Called when a receipt has come further, for as long as the page is open. */
export function onReceiptProved(listener: (receipt: string, reached: ReceiptState) => void): void {
  provedListeners.add(listener);
}

/** The client of whoever pays now; it need not have reached a proxy. Throws as openPageClient(), and wallet_insufficient. */
export async function openClient(network: NetworkDescription): Promise<FundedClient> {
  opening ??= open(network);
  return await opening;
}

/** The client once a proxy has attached its channel, which is opened when there is none; after a failure it is tried again. */
export async function openSession(network: NetworkDescription): Promise<PageClient> {
  try {
    if (current?.client.sessions.current === undefined)
      state.write({ phase: "opening", step: "network" });
    const funded = await openClient(network);
    if (funded.client.sessions.current === undefined) {
      state.write({ phase: "opening", step: "channel" });
      await funded.attached();
    }
    state.write({ phase: "open" });
    return funded.client;
  } catch (error) {
    const { code, message } = failureOf(error);
    state.write({ phase: "failed", code, message });
    throw error;
  }
}

/** Pays what is owed and ends the client, so that another may pay; the next question opens it again. */
export async function closeSession(): Promise<void> {
  const ending = opening;
  opening = undefined;
  current = undefined;
  await ending?.then(
    ({ client }) => client.close(),
    () => undefined,
  );
  state.write({ phase: "closed" });
}

/** Has the channels of a session closed, where there is one, so that what is left goes back. That it cannot keeps nobody. */
export async function returnRest(): Promise<void> {
  try {
    await (await opening)?.client.money.close();
  } catch {
    // The proxy is away: the channel stays, and this browser holds its key.
  }
}

async function open(network: NetworkDescription): Promise<FundedClient> {
  try {
    const funding = fundingOf(network);
    if (funding === undefined)
      throw new CocoonError("wallet_insufficient", { reason: "no wallet" });
    const { openFundedClient } = await import("./session.ts");
    const onProved = (receipt: string, reached: ReceiptState): void => {
      for (const listener of provedListeners) listener(receipt, reached);
    };
    current = await openFundedClient(network, funding, onProved);
    return current;
  } catch (error) {
    opening = undefined;
    throw error;
  }
}

/** What went wrong, for people. */
export function failureOf(error: unknown): { readonly code: string; readonly message: string } {
  if (error instanceof CocoonError) return { code: error.code, message: error.message };
  return { code: "internal", message: String(error) };
}
