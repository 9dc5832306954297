// What a node that takes and pays money does with its channels when its operator says so, running or not.

import { nanotons, type RawAddress } from "@cocoon/protocol";
import { readChannel, type Wallet } from "@cocoon/sdk";
import {
  createLogger,
  IncomingLedger,
  openStore,
  OutgoingLedger,
  Reclaim,
  settleAll,
  startReclaim,
} from "@cocoon/services";
import { formatTable, type Terminal } from "../terminal.ts";
import { timeOf, ton } from "./amount.ts";

export type Till = {
  readonly wallet: Wallet;
  readonly networkId: number;
  /** Of the role's database, with all its migrations. */
  readonly path: string;
  readonly migrations: readonly string[];
  readonly terminal: Terminal;
};

/** Turns every voucher into coins, however little it is for: nobody has to help. */
export async function settleEverything(till: Till): Promise<void> {
  const { wallet, networkId, terminal } = till;
  await withStore(till, async (store) => {
    const ledger = new IncomingLedger(store, networkId);
    const claimedBefore = new Map(ledger.list().map(({ address, claimed }) => [address, claimed]));
    await settleAll({ wallet, ledger, logger: quiet(terminal) }, nanotons(1n));
    const rows: string[][] = [];
    for (const { address, vouchered } of ledger.list()) {
      const state = await readChannel(wallet.client, address);
      const claimed = state?.claimed ?? vouchered;
      const got = claimed - (claimedBefore.get(address) ?? 0n);
      rows.push([address, `got ${ton(got)}`, `of ${ton(vouchered)} vouchered`]);
    }
    terminal.write(rows.length === 0 ? "nothing was ever vouchered\n" : formatTable(rows));
  });
}

/** Closes every channel that this node pays from, and takes back what is free. */
export async function reclaimEverything(till: Till): Promise<void> {
  const { wallet, terminal } = till;
  await withStore(till, async (store) => {
    const ledger = new OutgoingLedger(store);
    const modules = { wallet, ledger, logger: quiet(terminal) };
    for (const { address, phase } of ledger.list()) {
      if (phase !== "closed") await startReclaim(modules, address);
    }
    await new Reclaim(modules).finish();
    const rows: string[][] = [];
    for (const { address } of ledger.list()) {
      rows.push([address, await describeOutgoing(wallet, address)]);
    }
    terminal.write(rows.length === 0 ? "no channel was ever opened\n" : formatTable(rows));
  });
}

async function describeOutgoing({ client }: Wallet, address: RawAddress): Promise<string> {
  const state = await readChannel(client, address);
  if (state?.phase !== "closing") return "everything is back";
  const rest = ton(state.deposited - state.claimed);
  return `${rest} free from ${timeOf(state.closesAtSeconds)}: say it again then`;
}

type Store = ReturnType<typeof openStore>;

async function withStore(
  { path, migrations }: Till,
  task: (store: Store) => Promise<void>,
): Promise<void> {
  const store = openStore(path, migrations);
  try {
    await task(store);
  } finally {
    store.close();
  }
}

/** What fails is told; what goes well is told by the command itself. */
function quiet(terminal: Terminal) {
  return createLogger({
    role: "operator",
    level: "warn",
    destination: { write: (line) => terminal.note(line) },
  });
}
