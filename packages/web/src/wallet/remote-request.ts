// A payment that waits in another app, until its owner has agreed or refused there.

import { createLive } from "../live/index.ts";

export type RemoteRequest = {
  /** What its maker calls it. */
  readonly app: string;
  /** Opens it. */
  readonly link: string;
};

/** `undefined`: none waits, or nobody needs to be told of it any more. */
export const remoteRequest = createLive<RemoteRequest | undefined>(undefined);
