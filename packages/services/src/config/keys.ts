import { existsSync } from "node:fs";
import { primitives, toHex } from "@cocoon/protocol";
import { readConfigFile, writeConfigFile } from "./file.ts";

const seedBytes = 32;

/**
 * The 32-byte seeds of a role's keys, from a file that only its owner may read; made at first use.
 * They are not encrypted at rest: on devnet they are worth nothing.
 */
export function loadSeeds<const Name extends string>(
  path: string,
  names: readonly Name[],
): Readonly<Record<Name, Uint8Array>> {
  if (!existsSync(path)) {
    const fresh = names.map((name) => [name, toHex(primitives.randomBytes(seedBytes))]);
    writeConfigFile(path, Object.fromEntries(fresh));
  }
  const json = readConfigFile(path);
  const seeds = names.map((name) => [name, json.hex(name, seedBytes)] as const);
  // oxlint-disable-next-line no-unsafe-type-assertion -- fromEntries forgets the literal keys
  return Object.fromEntries(seeds) as Record<Name, Uint8Array>;
}
