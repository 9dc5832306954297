// Where passphrases come from: the environment, else a person. Never the command line, which every process can read.

import { CocoonError } from "@cocoon/protocol";
import { environment, isPublicNetwork } from "@cocoon/services";
import type { Terminal } from "../terminal.ts";
import type { WalletFile } from "./wallet-file.ts";

const howToGive = "set COCOON_PASSPHRASE or COCOON_PASSPHRASE_FILE, or use a terminal";

/**
 * A passphrase for a new keystore; undefined when it is to lie in clear, as only a private network allows. Throws
 * option_invalid.
 */
export async function choosePassphrase(
  networkId: number,
  terminal: Terminal,
): Promise<string | undefined> {
  const chosen =
    environment().passphrase ??
    (terminal.isInteractive ? await askTwice(networkId, terminal) : undefined);
  if (chosen !== undefined || !isPublicNetwork(networkId)) return chosen;
  throw new CocoonError("option_invalid", {
    networkId,
    reason: `this network needs a passphrase: ${howToGive}`,
  });
}

async function askTwice(networkId: number, terminal: Terminal): Promise<string | undefined> {
  const hint = isPublicNetwork(networkId) ? "" : " (none: the key lies in clear)";
  const first = await terminal.askSecret(`Passphrase for the new keystore${hint}: `);
  if (first === "") return undefined;
  const second = await terminal.askSecret("The same again: ");
  if (first === second) return first;
  throw new CocoonError("option_invalid", { reason: "the two passphrases differ" });
}

/** The seed of a wallet. Asks for the passphrase if need be. Throws option_invalid. */
export async function openSeed(file: WalletFile, terminal: Terminal): Promise<Uint8Array> {
  if (!file.isSealed) return file.open(undefined);
  const given = environment().passphrase;
  if (given !== undefined) return file.open(given);
  if (terminal.isInteractive) return file.open(await terminal.askSecret("Passphrase: "));
  throw new CocoonError("option_invalid", {
    reason: `the keystore needs a passphrase: ${howToGive}`,
  });
}
