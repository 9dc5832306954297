// What a node that takes and pays money does with its channels when its operator says so, running or not.

import { CocoonError, nanotons, type RawAddress } from "@cocoon/protocol";
import { readChannel, type Wallet } from "@cocoon/sdk";
import {
  createLogger,
  IncomingLedger,
  openStore,
  OutgoingLedger,
  Reclaim,
  type ReclaimModules,
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
    const rows = ledger.list().map(({ address, claimed, phase, vouchered }) => {
      const got = ton(nanotons(claimed - (claimedBefore.get(address) ?? 0n)));
      return [
        address,
        phase === "closed" ? "is closed" : `got ${got}`,
        `of ${ton(vouchered)} vouchered`,
      ];
    });
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
      if (phase !== "closed") await startOne(modules, address, terminal);
    }
    await new Reclaim(modules).finish();
    const rows: string[][] = [];
    for (const { address } of ledger.list()) {
      rows.push([address, await describeOutgoing(wallet, address)]);
    }
    terminal.write(rows.length === 0 ? "no channel was ever opened\n" : formatTable(rows));
  });
}

/** A channel that cannot be closed now does not hold up the others. */
async function startOne(
  modules: ReclaimModules,
  address: RawAddress,
  terminal: Terminal,
): Promise<void> {
  try {
    await startReclaim(modules, address);
  } catch (error) {
    if (!(error instanceof CocoonError)) throw error;
    // It was closed before, with the worker: that is what the books say from now on.
    if (error.code !== "channel_closed") terminal.note(`${address}: ${error.message}\n`);
  }
}

async function describeOutgoing({ client }: Wallet, address: RawAddress): Promise<string> {
  const state = await readChannel(client, address);
  if (state === undefined) return "everything is back";
  if (state.phase !== "closing") return `${state.phase} still: say it again`;
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
