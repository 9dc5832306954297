import { existsSync } from "node:fs";
import { CocoonError, type JsonReader, networkIds, primitives, toHex } from "@cocoon/protocol";
import { readConfigFile, writeConfigFile } from "./file.ts";
import { openKeystore, sealKeystore } from "./keystore.ts";

/** Beside keys.json of a worker that has a bond: the key that vouches for the identity of each boot. */
export const bondKeysFile = "bond-keys.json";

const seedBytes = 32;
/** Mainnet and testnet: coins that somebody paid for, or queued for. */
const publicNetworks: ReadonlySet<number> = new Set([networkIds.mainnet, networkIds.testnet]);

/** Whether coins of this network are worth a passphrase. */
export function isPublicNetwork(networkId: number): boolean {
  return publicNetworks.has(networkId);
}

/** How a role's keys lie on disk. */
export type KeyProtection = {
  readonly networkId: number;
  /** Encrypts the file; without one it is in clear, which only a private network allows. */
  readonly passphrase?: string | undefined;
};

/**
 * The 32-byte seeds of a role's keys, from a file that only its owner may read; made at first use. Throws
 * option_invalid when the passphrase is missing or wrong, and when the file is of a release that knew fewer keys.
 */
export function loadSeeds<const Name extends string>(
  path: string,
  names: readonly Name[],
  protection: KeyProtection,
): Readonly<Record<Name, Uint8Array>> {
  const { networkId, passphrase } = protection;
  if (isPublicNetwork(networkId) && passphrase === undefined) {
    throw new CocoonError("option_invalid", {
      reason: "this network needs a passphrase",
      networkId,
    });
  }
  if (!existsSync(path)) writeSeeds(path, createSeeds(names), passphrase);
  const json = readSeeds(path, passphrase);
  const missing = names.find((name) => !json.has(name));
  if (missing !== undefined) {
    throw new CocoonError("option_invalid", {
      file: path,
      reason: `it has no key "${missing}", so an earlier release made it: keep it if its wallet holds coins, and start with another home directory`,
    });
  }
  const seeds = names.map((name) => [name, json.hex(name, seedBytes)] as const);
  // oxlint-disable-next-line no-unsafe-type-assertion -- fromEntries forgets the literal keys
  return Object.fromEntries(seeds) as Record<Name, Uint8Array>;
}

/** Writes seeds, sealed when there is a passphrase. */
export function writeSeeds(
  path: string,
  seeds: Readonly<Record<string, Uint8Array>>,
  passphrase: string | undefined,
): void {
  const plain = Object.fromEntries(
    Object.entries(seeds).map(([name, seed]) => [name, toHex(seed)]),
  );
  writeConfigFile(path, passphrase === undefined ? plain : sealKeystore(seeds, passphrase));
}

function createSeeds(names: readonly string[]): Record<string, Uint8Array> {
  return Object.fromEntries(names.map((name) => [name, primitives.randomBytes(seedBytes)]));
}

function readSeeds(path: string, passphrase: string | undefined): JsonReader {
  const json = readConfigFile(path);
  if (!json.has("sealed")) return json;
  if (passphrase === undefined) {
    throw new CocoonError("option_invalid", { reason: "the keystore needs a passphrase" });
  }
  return openKeystore(json, passphrase);
}
