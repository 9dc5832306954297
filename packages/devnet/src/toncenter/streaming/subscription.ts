// What a client of the streaming API asks for.

import { CocoonError, type RawAddress } from "@cocoon/protocol";
import { Params } from "../params.ts";

export type Subscription = {
  readonly addresses: ReadonlySet<RawAddress>;
  readonly types: ReadonlySet<string>;
  /** Nothing is told before it is durable, so "pending" gives what "confirmed" gives. */
  readonly minFinality: Finality;
};

/** Durable in the journal; sealed in a block. */
export type Finality = "confirmed" | "finalized";

const addressesMax = 1_000;
/** "trace", "actions" and the rest are not imitated. */
const knownTypes = new Set(["transactions", "account_state_change"]);

/** Reads a subscription. Throws request_malformed. */
export function readSubscription(fields: Readonly<Record<string, unknown>>): Subscription {
  const params = new Params(fields);
  const addresses = new Set(params.addresses("addresses", addressesMax));
  const types = new Set(params.list("types", knownTypes.size));
  const isKnown = [...types].every((type) => knownTypes.has(type));
  if (types.size === 0 || !isKnown) throw refuse("types");
  if (addresses.size === 0) throw refuse("addresses");
  const finality = params.has("min_finality") ? params.text("min_finality") : "finalized";
  if (finality === "finalized") return { addresses, types, minFinality: finality };
  if (finality !== "confirmed" && finality !== "pending") throw refuse("min_finality");
  return { addresses, types, minFinality: "confirmed" };
}

/** What is left of a subscription without the addresses named. Throws request_malformed. */
export function withoutAddresses(
  subscription: Subscription | undefined,
  fields: Readonly<Record<string, unknown>>,
): Subscription | undefined {
  const gone = new Set(new Params(fields).addresses("addresses", addressesMax));
  if (gone.size === 0) throw refuse("addresses");
  if (subscription === undefined) return undefined;
  const addresses = new Set([...subscription.addresses].filter((address) => !gone.has(address)));
  return { ...subscription, addresses };
}

function refuse(field: string): CocoonError {
  return new CocoonError("request_malformed", { field });
}
