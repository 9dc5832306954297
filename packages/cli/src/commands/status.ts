import type { Run } from "../command.ts";
import { homeOf } from "../home.ts";
import { requireLocalNetwork } from "../network/network-file.ts";
import { collectStatus } from "../status/collect.ts";
import { formatStatus, statusJson } from "../status/show.ts";

/** `cocoon status`: tells what it can also while all or some of the network is down. */
export const status: Run = async (given, terminal) => {
  const home = homeOf(given);
  const network = requireLocalNetwork(home);
  const summary = await collectStatus(home, network);
  terminal.write(
    given.flag("json") ? statusJson(summary) : formatStatus(summary, network, terminal.style),
  );
  return 0;
};
