// Who may ask a worker how it does: whoever may read a file of its owner.

import { CocoonError, equalBytes, primitives, toHex, utf8 } from "@cocoon/protocol";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { readConfigFile, writeConfigFile } from "../config/index.ts";

/** Where a worker's API is, and what opens it. */
export type CockpitAccess = {
  /** "http://127.0.0.1:40123". */
  readonly url: string;
  /** 64 hex digits. */
  readonly token: string;
};

const tokenBytes = 32;
const scheme = /^Bearer ([0-9a-f]{64})$/;

function accessPath(home: string): string {
  return join(home, "api.json");
}

/** What the worker of a home directory was reached by when it started last; undefined where it never had an API. */
export function readAccess(home: string): CockpitAccess | undefined {
  const path = accessPath(home);
  if (!existsSync(path)) return undefined;
  const json = readConfigFile(path);
  return { url: json.string("url", 256), token: toHex(json.hex("token", tokenBytes)) };
}

/** The token of a home directory: the same at each start, so that a page that has it keeps it. */
export function loadToken(home: string): string {
  return readAccess(home)?.token ?? toHex(primitives.randomBytes(tokenBytes));
}

/** Only the owner may read the file. */
export function writeAccess(home: string, access: CockpitAccess): void {
  writeConfigFile(accessPath(home), access);
}

/** Throws key_refused. Compared as hashes, in constant time: who asks may be any program of this machine. */
export function requireToken(authorization: string | undefined, token: string): void {
  const given = scheme.exec(authorization ?? "")?.[1] ?? "";
  if (!equalBytes(primitives.sha256(utf8(given)), primitives.sha256(utf8(token)))) {
    throw new CocoonError("key_refused");
  }
}
