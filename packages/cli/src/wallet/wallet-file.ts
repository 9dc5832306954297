// A wallet on disk: its address in clear, so that it can be watched without a passphrase, and its seed.

import { existsSync } from "node:fs";
import { CocoonError, createSigningKey, type RawAddress, toHex } from "@cocoon/protocol";
import { walletAddress } from "@cocoon/sdk";
import { openKeystore, readConfigFile, sealKeystore, writeConfigFile } from "@cocoon/services";

export type WalletFile = {
  readonly networkId: number;
  readonly address: RawAddress;
  /** Ed25519, lower-case hex: by it a council knows its member. Absent in files of earlier releases. */
  readonly publicKey: string | undefined;
  /** Whether it takes a passphrase to open it. */
  readonly isSealed: boolean;
  /** The seed, 32 bytes. Throws option_invalid for a wrong passphrase, and when the seed is of another address. */
  readonly open: (passphrase: string | undefined) => Uint8Array;
};

/** Throws option_invalid where a file is already: it may be all that opens somebody's wallet. */
export function assertNoWallet(path: string): void {
  if (!existsSync(path)) return;
  throw new CocoonError("option_invalid", {
    keystore: path,
    reason: "there is a file already: move it away, or name another with --keystore",
  });
}

/** Writes a new wallet, sealed when there is a passphrase. Throws option_invalid where a file is already. */
export function writeWalletFile(
  path: string,
  { networkId, seed, passphrase }: WalletParts,
): RawAddress {
  assertNoWallet(path);
  const address = walletAddress(seed, networkId);
  const keys = { wallet: seed };
  const kept =
    passphrase === undefined ? { wallet: toHex(seed) } : { ...sealKeystore(keys, passphrase) };
  const publicKey = toHex(createSigningKey(seed).publicKey);
  writeConfigFile(path, { networkId, address, publicKey, ...kept });
  return address;
}

type WalletParts = {
  readonly networkId: number;
  /** Ed25519, 32 bytes. */
  readonly seed: Uint8Array;
  readonly passphrase: string | undefined;
};

/** Throws option_invalid. */
export function readWalletFile(path: string): WalletFile {
  const json = readConfigFile(path);
  const networkId = json.int("networkId");
  const address = json.address("address");
  const publicKey = json.has("publicKey") ? toHex(json.hex("publicKey", 32)) : undefined;
  const isSealed = json.has("sealed");
  const opened = (passphrase: string | undefined): Uint8Array => {
    if (!isSealed) return json.hex("wallet", 32);
    if (passphrase === undefined) {
      throw new CocoonError("option_invalid", { reason: "the keystore needs a passphrase" });
    }
    return openKeystore(json, passphrase).hex("wallet", 32);
  };
  return {
    networkId,
    address,
    publicKey,
    isSealed,
    open: (passphrase) => {
      const seed = opened(passphrase);
      const isOwnKey = [undefined, toHex(createSigningKey(seed).publicKey)].includes(publicKey);
      if (walletAddress(seed, networkId) === address && isOwnKey) return seed;
      throw new CocoonError("option_invalid", {
        keystore: path,
        reason: "the address, key or network is not the seed's: the file was altered",
      });
    },
  };
}
