// The directory that holds all state of a local network.

import { environment } from "@cocoon/services";
import { join, resolve } from "node:path";
import type { Arguments } from "./command.ts";

/** Roles of a local network, in the order in which they start. */
export const roleNames = ["devnet", "proxy", "worker-1", "worker-2", "gateway"] as const;

export type RoleName = (typeof roleNames)[number];

/** Workers of a local network. */
export const workerNames = ["worker-1", "worker-2"] as const;

/** The directory that a command works on, as an absolute path. */
export function homeOf(given: Arguments): string {
  return resolve(given.text("home") ?? environment().home ?? ".cocoon");
}

/** Where things are inside of it. */
export function lockPath(home: string): string {
  return join(home, "lock");
}

export function networkPath(home: string): string {
  return join(home, "network.json");
}

/** The configuration that a role is started with; written anew at each start. */
export function configPath(home: string, role: RoleName): string {
  return join(home, "config", `${role}.json`);
}

export function logPath(home: string, role: RoleName): string {
  return join(home, "logs", `${role}.log`);
}

/** A role's own state: keys and database; for the devnet, the chain. */
export function rolePath(home: string, role: RoleName | "governance"): string {
  return join(home, role);
}

export function keysPath(home: string, role: RoleName | "governance"): string {
  return join(rolePath(home, role), "keys.json");
}

/** How the root contract began. */
export function genesisPath(home: string): string {
  return join(rolePath(home, "governance"), "genesis.json");
}

/** The gateway's database: receipts, and what was spent. */
export function gatewayDatabasePath(home: string): string {
  return join(rolePath(home, "gateway"), "gateway.db");
}
