// A page of Chromium that is driven, and not inspected. An inspected one (what playwright's pages are) keeps where each
// Error was made, for which V8 compiles all of React a second time at the start: a third of a first visit's processor time,
// that no visitor pays.

import type { Browser, CDPSession } from "playwright-core";

export type UninspectedPage = {
  /** A method of the DevTools protocol, in this page. */
  readonly send: <Result>(method: string, params?: object) => Promise<Result>;
  readonly close: () => Promise<void>;
};

type Reply = { readonly id?: number; readonly result?: unknown; readonly error?: object };

/** A page of nobody's profile, empty at first. */
export async function openUninspected(browser: Browser): Promise<UninspectedPage> {
  const session = await browser.newBrowserCDPSession();
  const { browserContextId } = await session.send("Target.createBrowserContext");
  const { targetId } = await session.send("Target.createTarget", {
    url: "about:blank",
    browserContextId,
  });
  const send = await attach(session, targetId);
  return {
    send,
    close: async () => {
      await session.send("Target.disposeBrowserContext", { browserContextId });
      await session.detach();
    },
  };
}

async function attach(session: CDPSession, targetId: string): Promise<UninspectedPage["send"]> {
  const waiting = new Map<number, (reply: Reply) => void>();
  const { sessionId } = await session.send("Target.attachToTarget", { targetId, flatten: false });
  session.on("Target.receivedMessageFromTarget", (event) => {
    const reply = JSON.parse(event.message) as Reply; // oxlint-disable-line no-unsafe-type-assertion -- as the protocol has it
    if (event.sessionId === sessionId && reply.id !== undefined) waiting.get(reply.id)?.(reply);
  });
  let count = 0;
  return async <Result>(method: string, params: object = {}) => {
    count += 1;
    const id = count;
    const answered = new Promise<Reply>((resolve) => void waiting.set(id, resolve));
    const message = JSON.stringify({ id, method, params });
    await session.send("Target.sendMessageToTarget", { sessionId, message });
    const { error, result } = await answered;
    if (error !== undefined) throw new Error(`${method}: ${JSON.stringify(error)}`);
    return result as Result; // oxlint-disable-line no-unsafe-type-assertion -- as the protocol has it
  };
}
