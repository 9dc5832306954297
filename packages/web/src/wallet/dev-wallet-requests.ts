// What the simulated wallet asks its owner, until it is answered.

import type { RawAddress } from "@cocoon/protocol";
import { createLive, type Shown } from "../live/index.ts";

export type DevWalletRequest = {
  readonly to: RawAddress;
  readonly nanotons: bigint;
  readonly answer: (isApproved: boolean) => void;
};

const request = createLive<DevWalletRequest | undefined>(undefined);

export const devWalletRequest: Shown<DevWalletRequest | undefined> = request;

/** Resolves with what the owner answers. A request that waits is refused when another comes. */
export function askOwner(asked: Omit<DevWalletRequest, "answer">): Promise<boolean> {
  request.read()?.answer(false);
  return new Promise((resolve) => {
    const answer = (isApproved: boolean): void => {
      request.write(undefined);
      resolve(isApproved);
    };
    request.write({ ...asked, answer });
  });
}
