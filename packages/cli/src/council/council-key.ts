// The key that a member of a council signs with: a keystore of `cocoon wallet`, or the one key of a local network.

import { createSigningKey, type SigningKey } from "@cocoon/protocol";
import { createWallet, type ChainClient, type Wallet } from "@cocoon/sdk";
import { environment, loadSeeds } from "@cocoon/services";
import type { Arguments } from "../command.ts";
import { homeOf, keysPath } from "../home.ts";
import { requireLocalNetwork } from "../network/network-file.ts";
import type { Terminal } from "../terminal.ts";
import { openSeed } from "../wallet/passphrase.ts";
import { readWalletFile } from "../wallet/wallet-file.ts";

/** Opens --keystore, else the council's key of the home directory. Throws option_invalid. */
export async function openCouncilKey(given: Arguments, terminal: Terminal): Promise<SigningKey> {
  const keystore = given.text("keystore");
  if (keystore === undefined) return createSigningKey(governanceSeeds(given).council);
  return createSigningKey(await openSeed(readWalletFile(keystore), terminal));
}

/** The wallet that pays: --keystore, else that of the home directory's governance. Throws option_invalid. */
export async function openPayer(
  given: Arguments,
  terminal: Terminal,
  client: ChainClient,
): Promise<Wallet> {
  const keystore = given.text("keystore");
  if (keystore === undefined) return createWallet({ client, seed: governanceSeeds(given).wallet });
  const seed = await openSeed(readWalletFile(keystore), terminal);
  return createWallet({ client, seed });
}

function governanceSeeds(given: Arguments): Readonly<Record<"wallet" | "council", Uint8Array>> {
  const home = homeOf(given);
  const { networkId } = requireLocalNetwork(home);
  const { passphrase } = environment();
  return loadSeeds(keysPath(home, "governance"), ["wallet", "council"], { networkId, passphrase });
}
