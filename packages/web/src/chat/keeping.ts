// Whether conversations outlive the page. They do not, unless their reader gives a passphrase.

import { createLive, type Shown } from "../live/index.ts";
import { addKept, chatState } from "./chat-store.ts";
import type { Conversation } from "./conversation.ts";
import { type BoxKey, fillBox, hasBox, makeKey, openBox, removeBox } from "./sealed-box.ts";

/** `locked`: there are some from before, and nobody has opened them. */
export type Keeping = "unknown" | "off" | "locked" | "on";

const state = createLive<Keeping>("unknown");
let key: BoxKey | undefined;
let isDue = false;
/** A stream of words is not written down word by word. */
const restMs = 500;

/** Looked for when somebody listens. */
export const keepingState: Shown<Keeping> = {
  read: state.read,
  onChange: (listener) => {
    if (state.read() === "unknown") {
      void hasBox().then((has) => state.write(has ? "locked" : "off"));
    }
    return state.onChange(listener);
  },
};

/** Keeps all conversations from now on. */
export async function keep(passphrase: string): Promise<void> {
  await begin(await makeKey(passphrase));
}

/** Opens what was kept. Returns whether the passphrase does. */
export async function unlock(passphrase: string): Promise<boolean> {
  const opened = await openBox(passphrase);
  if (opened === undefined) return false;
  // What opens with the key is what this page sealed.
  if (Array.isArray(opened.content)) addKept(opened.content as Conversation[]); // oxlint-disable-line no-unsafe-type-assertion -- authenticated
  await begin(opened.key);
  return true;
}

/** Removes what was kept; what is shown stays until the page is closed. */
export async function forget(): Promise<void> {
  key = undefined;
  await removeBox();
  state.write("off");
}

async function begin(opened: BoxKey): Promise<void> {
  key = opened;
  await write();
  state.write("on");
  chatState.onChange(() => {
    if (isDue || key === undefined) return;
    isDue = true;
    setTimeout(() => void write(), restMs);
  });
}

async function write(): Promise<void> {
  isDue = false;
  if (key !== undefined) await fillBox(key, chatState.read().conversations);
}
