// The one session of this page, and how far it has come.

import { CocoonError } from "@cocoon/protocol";
import type { PageClient } from "@cocoon/sdk";
import type { NetworkDescription } from "../network/index.ts";
import type { SessionEvents, SessionStep } from "./session.ts";

export type SessionPhase =
  | { readonly phase: "closed" }
  | { readonly phase: "opening"; readonly step: SessionStep }
  | { readonly phase: "open" }
  | { readonly phase: "failed"; readonly code: string; readonly message: string };

let state: SessionPhase = { phase: "closed" };
let client: PageClient | undefined;
let opening: Promise<PageClient> | undefined;
const listeners = new Set<() => void>();

export function sessionPhase(): SessionPhase {
  return state;
}

export function onSessionPhase(listener: () => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

export function currentSession(): PageClient | undefined {
  return client;
}

/** The session, which is opened when there is none; after a failure it is tried again. */
export function openSession(
  network: NetworkDescription,
  events: Pick<SessionEvents, "onProved">,
): Promise<PageClient> {
  opening ??= open(network, events);
  return opening;
}

async function open(
  network: NetworkDescription,
  events: Pick<SessionEvents, "onProved">,
): Promise<PageClient> {
  try {
    tell({ phase: "opening", step: "network" });
    const { openDemoSession } = await import("./session.ts");
    const onStep = (step: SessionStep): void => tell({ phase: "opening", step });
    client = await openDemoSession(network, { ...events, onStep });
    tell({ phase: "open" });
    return client;
  } catch (error) {
    opening = undefined;
    const { code, message } = failureOf(error);
    tell({ phase: "failed", code, message });
    throw error;
  }
}

/** What went wrong, for people. */
export function failureOf(error: unknown): { readonly code: string; readonly message: string } {
  if (error instanceof CocoonError) return { code: error.code, message: error.message };
  return { code: "internal", message: String(error) };
}

function tell(next: SessionPhase): void {
  state = next;
  for (const listener of listeners) listener();
}
