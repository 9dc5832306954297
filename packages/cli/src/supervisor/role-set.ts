// The five processes of a local network.

import { dirname } from "node:path";
import { makeFolder } from "@cocoon/services";
import { logPath, type RoleName, roleNames } from "../home.ts";
import type { Facts } from "../roles/role.ts";
import { doublingDelayMs, RoleProcess } from "./role-process.ts";

export type RoleSetOptions = {
  readonly home: string;
  readonly onOutput?: ((role: RoleName, text: string) => void) | undefined;
  /** A role ended by itself; it is started again after the delay. */
  readonly onDied: (role: RoleName, how: string, delayMs: number) => void;
  readonly onBack: (role: RoleName, facts: Facts) => void;
  /** The processes have changed: their ids in the order of roleNames, 0 for one that does not run now. */
  readonly onProcesses: (pids: readonly number[]) => void;
};

/** The order in which they stop: first who asks, last what all stand on. Roles in one group stop at once. */
const stopOrder: readonly (readonly RoleName[])[] = [
  ["gateway"],
  ["worker-1", "worker-2"],
  ["proxy"],
  ["devnet"],
];

export class RoleSet {
  readonly #options: RoleSetOptions;
  readonly #roles = new Map<RoleName, RoleProcess>();

  constructor(options: RoleSetOptions) {
    this.#options = options;
  }

  /** Forks all roles. Each prepares itself and waits for start(). */
  fork(): void {
    for (const name of roleNames) this.#roles.set(name, this.#create(name));
    this.#tellProcesses();
  }

  get(name: RoleName): RoleProcess {
    const role = this.#roles.get(name);
    if (role === undefined) throw new RangeError(`${name} is not forked`);
    return role;
  }

  /** Lets a role go on, and waits until it is up. Throws what it says when it cannot. */
  start(name: RoleName): Promise<Facts> {
    const role = this.get(name);
    role.start();
    return role.ready;
  }

  /** Stops all in order. Returns the roles that did not close by themselves and were killed. */
  async stop(graceMs: number): Promise<readonly RoleName[]> {
    const killed: RoleName[] = [];
    for (const group of stopOrder) {
      const stopping = group.map(async (name) => {
        const role = this.#roles.get(name);
        if (role !== undefined && !(await role.stop(graceMs))) killed.push(name);
      });
      await Promise.all(stopping);
    }
    return killed;
  }

  /** Ends all at once, for good. */
  kill(): void {
    for (const role of this.#roles.values()) role.kill();
  }

  #create(name: RoleName): RoleProcess {
    const { home, onBack, onDied, onOutput } = this.#options;
    const path = logPath(home, name);
    makeFolder(dirname(path));
    return new RoleProcess({
      name,
      home,
      logPath: path,
      onOutput: onOutput && ((text) => onOutput(name, text)),
      restartDelayMs: doublingDelayMs,
      onForked: () => this.#tellProcesses(),
      onDied,
      onBack,
      nowMs: Date.now,
    });
  }

  #tellProcesses(): void {
    this.#options.onProcesses([...this.#roles.values()].map(({ pid = 0 }) => pid));
  }
}
