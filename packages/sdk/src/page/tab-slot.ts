// Tabs of one origin share its storage. Each that is open has a place of its own there: a session key and its channels.

import { CocoonError } from "@cocoon/protocol";

/** A place that no other tab has while this one is open. */
export type TabSlot = {
  /** 0 is the first: what was left there is used again before another is taken. */
  readonly number: number;
  readonly release: () => void;
};

/** More tabs of one client than anybody has; each has its own deposit. */
const slotsMax = 16;

/**
 * Takes the first free place. The browser gives it back when the tab is gone, however it went; so two tabs never sign for
 * one channel. Throws rate_limited when all are taken, and option_invalid where the page is not in a secure context.
 */
export async function takeTabSlot(
  client: string,
  locks: LockManager | undefined = navigator.locks,
): Promise<TabSlot> {
  if (locks === undefined) {
    throw new CocoonError("option_invalid", {
      reason: "a page needs a secure context: https, or this machine",
    });
  }
  for (let number = 0; number < slotsMax; number += 1) {
    const release = await takeLock(locks, `${client} tab ${number}`);
    if (release !== undefined) return { number, release };
  }
  throw new CocoonError("rate_limited", { reason: `${slotsMax} tabs are open` });
}

/** Undefined when somebody has it. */
function takeLock(locks: LockManager, name: string): Promise<(() => void) | undefined> {
  return new Promise((resolve, reject) => {
    const held = locks.request(name, { ifAvailable: true }, async (lock) => {
      if (lock === null) {
        resolve(undefined);
        return;
      }
      await new Promise<void>((release) => resolve(release));
    });
    held.catch(reject);
  });
}
