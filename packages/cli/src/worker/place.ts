// Where a worker's files are, by the options that name it.

import { readConfigFile, readWorkerConfig, type WorkerConfig } from "@cocoon/services";
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Arguments } from "../command.ts";
import { homeOf } from "../home.ts";
import { UsageError } from "../usage-error.ts";

const nameDefault = "worker";
const nameShape = /^[a-z0-9][a-z0-9-]{0,31}$/;

export type WorkerPlace = {
  /** Of its keys, database and log. */
  readonly home: string;
  readonly configPath: string;
};

/** --config FILE, else --name NAME in --home DIR. Throws UsageError and option_invalid. */
export function placeOf(given: Arguments): WorkerPlace {
  const configPath = given.text("config");
  if (configPath !== undefined) {
    return { configPath, home: readWorkerConfig(readConfigFile(configPath)).home };
  }
  const name = given.text("name") ?? nameDefault;
  if (!nameShape.test(name)) {
    throw new UsageError("--name is of lower-case letters, digits and dashes");
  }
  const home = join(homeOf(given), name);
  const ofNetwork = join(homeOf(given), "config", `${name}.json`);
  return { home, configPath: existsSync(ofNetwork) ? ofNetwork : join(home, "worker.json") };
}

/** Undefined where it was never set up. */
export function readPlace({ configPath }: WorkerPlace): WorkerConfig | undefined {
  return existsSync(configPath) ? readWorkerConfig(readConfigFile(configPath)) : undefined;
}
