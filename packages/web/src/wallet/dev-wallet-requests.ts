// What the simulated wallet asks its owner, until it is answered.

import type { RawAddress } from "@cocoon/protocol";

export type DevWalletRequest = {
  readonly to: RawAddress;
  readonly nanotons: bigint;
  readonly answer: (isApproved: boolean) => void;
};

let request: DevWalletRequest | undefined;
const listeners = new Set<() => void>();

export function devWalletRequest(): DevWalletRequest | undefined {
  return request;
}

export function onDevWalletRequest(listener: () => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

/** Resolves with what the owner answers. A request that waits is refused when another comes. */
export function askOwner(asked: Omit<DevWalletRequest, "answer">): Promise<boolean> {
  request?.answer(false);
  return new Promise((resolve) => {
    const answer = (isApproved: boolean): void => {
      request = undefined;
      for (const listener of listeners) listener();
      resolve(isApproved);
    };
    request = { ...asked, answer };
    for (const listener of listeners) listener();
  });
}
