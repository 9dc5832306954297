// What the root tells everybody who watches it: external messages to nobody.

import type { Cell } from "@ton/core";
import { changeOf, decisionOf, type Revocation, type RootChange } from "./root-change.ts";

export const rootEvents = {
  deployed: 0x52542001,
  proposed: 0x52542002,
  made: 0x52542003,
  cancelled: 0x52542004,
} as const;

export type RootEvent =
  | { readonly kind: "deployed" }
  /** Times are Unix seconds. */
  | {
      readonly kind: "proposed";
      readonly id: number;
      readonly executeAtSeconds: number;
      readonly change: RootChange;
    }
  /** A change that was executed, or a revocation; the revision is that after it. */
  | {
      readonly kind: "made";
      readonly revision: number;
      readonly change: RootChange | Revocation;
    }
  | { readonly kind: "cancelled"; readonly id: number };

/** The event that an external message out of a root is, or undefined when it is none. */
export function parseRootEvent(body: Cell): RootEvent | undefined {
  try {
    return readEvent(body);
  } catch {
    return undefined;
  }
}

function readEvent(body: Cell): RootEvent | undefined {
  const slice = body.beginParse();
  switch (slice.loadUint(32)) {
    case rootEvents.deployed:
      return { kind: "deployed" };
    case rootEvents.proposed:
      return {
        kind: "proposed",
        id: Number(slice.loadUintBig(64)),
        executeAtSeconds: Number(slice.loadUintBig(64)),
        change: changeOf(slice.loadRef()),
      };
    case rootEvents.made:
      return { kind: "made", revision: slice.loadUint(32), change: decisionOf(slice.loadRef()) };
    case rootEvents.cancelled:
      return { kind: "cancelled", id: Number(slice.loadUintBig(64)) };
    default:
      return undefined;
  }
}
