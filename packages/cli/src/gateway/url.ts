import type { Arguments } from "../command.ts";
import { homeOf } from "../home.ts";
import { gatewayUrlOf, requireLocalNetwork } from "../network/network-file.ts";
import { UsageError } from "../usage-error.ts";

/** The gateway that is named, else the one of the home directory. Throws UsageError and option_invalid. */
export function gatewayUrl(given: Arguments): string {
  const named = given.text("gateway");
  if (named === undefined) return gatewayUrlOf(requireLocalNetwork(homeOf(given)));
  const url = URL.parse(named);
  if (url === null || !["http:", "https:"].includes(url.protocol)) {
    throw new UsageError("--gateway is an http URL, such as http://127.0.0.1:10000");
  }
  return url.origin;
}
