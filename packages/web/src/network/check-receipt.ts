import type { ProxyBondState } from "@cocoon/sdk";
import type { NetworkDescription } from "./description.ts";
import type { ReceiptChecks } from "./receipt-checks.ts";
import type { FoundReceipt } from "./receipt-log.ts";

/** See receipt-checks.ts, which is loaded for the first one. */
export async function checkReceipt(
  found: FoundReceipt,
  description: NetworkDescription,
  bond: ProxyBondState | undefined,
): Promise<ReceiptChecks> {
  const checks = await import("./receipt-checks.ts");
  return await checks.checkReceipt(found, description, bond);
}
