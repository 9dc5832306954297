// `cocoon wallet`: a wallet of one's own, in one file.

import { join } from "node:path";
import { Address } from "@ton/core";
import { CocoonError, formatTon, fromHex, primitives, toHex } from "@cocoon/protocol";
import { createWallet, type SendResult } from "@cocoon/sdk";
import type { Arguments, Run } from "../command.ts";
import { homeOf } from "../home.ts";
import { formatTable, type Terminal } from "../terminal.ts";
import { UsageError } from "../usage-error.ts";
import { seedOfMnemonic } from "../wallet/mnemonic.ts";
import {
  assertMeant,
  assertSame,
  isMainnet,
  networkForNew,
  networkName,
  reachNetwork,
} from "../wallet/network.ts";
import { choosePassphrase, openSeed } from "../wallet/passphrase.ts";
import { messageOf, type Payment, readPayment } from "../wallet/payment.ts";
import {
  assertNoWallet,
  readWalletFile,
  type WalletFile,
  writeWalletFile,
} from "../wallet/wallet-file.ts";

const seedBytes = 32;

type Context = {
  readonly given: Arguments;
  readonly terminal: Terminal;
  /** Where the wallet is kept. */
  readonly path: string;
};

const actions: Readonly<Record<string, (context: Context) => Promise<void>>> = {
  new: (context) => create(context, () => Promise.resolve(primitives.randomBytes(seedBytes))),
  import: (context) => create(context, () => readSecret(context.terminal)),
  show,
  send,
};

export const wallet: Run = async (given, terminal) => {
  const [name = ""] = given.positionals;
  const action = Object.hasOwn(actions, name) ? actions[name] : undefined;
  if (action === undefined) {
    throw new UsageError("cocoon wallet is followed by new, import, show or send");
  }
  assertFitting(name, given, terminal);
  await action({
    given,
    terminal,
    path: given.text("keystore") ?? join(homeOf(given), "wallet.json"),
  });
  return 0;
};

/** An option that does nothing here was meant for something else. */
function assertFitting(action: string, given: Arguments, terminal: Terminal): void {
  const isPaying = ["to", "amount", "comment"].some((name) => given.text(name) !== undefined);
  if (action !== "send" && (isPaying || given.flag("yes"))) {
    throw new UsageError("--to, --amount, --comment and --yes are for cocoon wallet send");
  }
  if (!given.flag("export-seed")) return;
  if (action !== "new" && action !== "show") {
    throw new UsageError("--export-seed is for cocoon wallet new and show");
  }
  if (!terminal.isInteractive) throw new UsageError("--export-seed needs a terminal");
}

async function create(
  { given, terminal, path }: Context,
  findSeed: () => Promise<Uint8Array>,
): Promise<void> {
  const networkId = networkForNew(given);
  assertNoWallet(path);
  const seed = await findSeed();
  const passphrase = await choosePassphrase(networkId, terminal);
  writeWalletFile(path, { networkId, seed, passphrase });
  describe({ given, terminal, path }, readWalletFile(path));
  if (given.flag("export-seed")) await exportSeed(terminal, seed);
}

/** What an imported wallet is made of: piped in or typed, never an argument, which every process could read. */
async function readSecret(terminal: Terminal): Promise<Uint8Array> {
  const text = terminal.isInteractive
    ? await terminal.askSecret("The seed in hex, or the 24 words: ")
    : await terminal.readInput();
  const seed = fromHex(text.trim().toLowerCase());
  if (seed === undefined) return seedOfMnemonic(text);
  if (seed.length === seedBytes) return seed;
  throw new CocoonError("option_invalid", { reason: "a seed has 64 hex digits" });
}

async function show({ given, terminal, path }: Context): Promise<void> {
  const file = readWalletFile(path);
  const { address, networkId } = file;
  assertSame(given, networkId);
  const client = reachNetwork(given, networkId);
  const balance = client === undefined ? undefined : (await client.account(address)).balance;
  describe({ given, terminal, path }, { ...file, ...(balance !== undefined && { balance }) });
  if (given.flag("export-seed")) await exportSeed(terminal, await openSeed(file, terminal));
}

type Described = Omit<WalletFile, "open"> & {
  readonly balance?: bigint;
};

function describe({ given, terminal, path }: Context, described: Described): void {
  const { address, balance, isSealed, networkId, publicKey } = described;
  const friendly = walletForm(address, networkId);
  if (given.flag("json")) {
    const facts = { networkId, address, friendly, publicKey, isSealed, keystore: path };
    const held = balance === undefined ? {} : { balanceNanotons: balance.toString() };
    terminal.write(`${JSON.stringify({ ...facts, ...held }, undefined, 2)}\n`);
    return;
  }
  terminal.write(
    formatTable([
      ["address", friendly],
      ["raw", address],
      ...(publicKey === undefined ? [] : [["key", publicKey]]),
      ["network", networkName(networkId)],
      ["balance", balance === undefined ? "not asked: name an --endpoint" : ton(balance)],
      ["keystore", `${path}, ${isSealed ? "sealed" : "IN CLEAR"}`],
    ]),
  );
}

/** The form that other wallets take for a wallet: without a return, since it may have no code before its first send. */
function walletForm(address: string, networkId: number): string {
  const testOnly = !isMainnet(networkId);
  return Address.parse(address).toString({ bounceable: false, testOnly });
}

/** Shows the seed to a person alone: notes go to a terminal here, and nowhere else. */
async function exportSeed(terminal: Terminal, seed: Uint8Array): Promise<void> {
  const answer = await terminal.ask("Whoever sees the seed owns the wallet. Type yes to show it: ");
  if (answer.trim() !== "yes") throw new CocoonError("cancelled");
  terminal.note(`seed  ${toHex(seed)}\n`);
}

async function send({ given, terminal, path }: Context): Promise<void> {
  const file = readWalletFile(path);
  const { networkId } = file;
  assertMeant(given, networkId);
  const payment = readPayment(given, networkId);
  const client = reachNetwork(given, networkId);
  if (client === undefined) throw new UsageError("cocoon wallet send needs --endpoint URL");
  const { message, isNew } = await messageOf(payment, client);
  if (!given.flag("yes")) await confirm(terminal, { payment, networkId, isNew });
  const seed = await openSeed(file, terminal);
  const result = await createWallet({ client, seed }).send([message]);
  terminal.write(given.flag("json") ? sentJson(payment, result) : sentText(payment, result));
}

/** Throws UsageError where nobody can be asked, and cancelled for any answer but yes. */
async function confirm(
  terminal: Terminal,
  asked: { readonly payment: Payment; readonly networkId: number; readonly isNew: boolean },
): Promise<void> {
  if (!terminal.isInteractive) throw new UsageError("--yes is needed where nobody can be asked");
  const { payment, networkId, isNew } = asked;
  const { amount, comment, to } = payment;
  terminal.note(
    formatTable([
      ["pay", ton(amount)],
      ["to", isNew ? `${to}, which has no code yet` : to],
      ["network", networkName(networkId)],
      ...(comment === undefined ? [] : [["comment", comment]]),
    ]),
  );
  const answer = await terminal.ask("Type yes to send: ");
  if (answer.trim() !== "yes") throw new CocoonError("cancelled");
}

function sentText({ amount, to }: Payment, { feeNanotons, transaction }: SendResult): string {
  const lines = [`paid ${ton(amount)} to ${to}`, `transaction ${transaction.hash}`];
  return `${lines.join("\n  ")}\n  fee ${ton(feeNanotons)}\n`;
}

function sentJson({ amount, to }: Payment, { feeNanotons, transaction }: SendResult): string {
  const sent = {
    to,
    amountNanotons: amount.toString(),
    feeNanotons: feeNanotons.toString(),
    transaction: transaction.hash,
    lt: transaction.lt.toString(),
  };
  return `${JSON.stringify(sent, undefined, 2)}\n`;
}

function ton(amount: bigint): string {
  return `${formatTon(amount)} TON`;
}
