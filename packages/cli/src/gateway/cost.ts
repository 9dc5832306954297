import { CocoonError, type Nanotons } from "@cocoon/protocol";
import type { GatewayClient } from "./client.ts";

/** Other applications may have asked since. */
const looked = 256;

/** What an answer that just ended cost, work and fee together. Throws receipt_unknown. */
export async function costOf(client: GatewayClient, receipt: string): Promise<Nanotons> {
  const newest = await client.receipts(looked);
  const listing = newest.find(({ id }) => id === receipt);
  if (listing === undefined) throw new CocoonError("receipt_unknown", { receipt });
  return listing.amount;
}
