// A role of a local network in a process of its own that can be killed, stopped, kept from writing and lied to about time.

import { type ChildProcess, execFileSync, fork } from "node:child_process";
import { closeSync, openSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { logPath, type RoleName } from "../../packages/cli/src/home.ts";
import type { FromRole } from "../../packages/cli/src/supervisor/messages.ts";
import { checkPatches, type Patch } from "./patch.ts";

/** How a process ended that nobody ended. */
export type Ending = {
  readonly role: RoleName;
  /** The code that the role gave for it; undefined for one that said nothing. */
  readonly code: string | undefined;
  readonly how: string;
};

const command = fileURLToPath(new URL("../../packages/cli/dist/main.js", import.meta.url));
const preload = new URL("preload.mjs", import.meta.url).href;
/** How soon a role that ended by itself is started again; cocoon up's supervisor waits as long. */
const restartDelayMs = 250;

export class RoleProcess {
  readonly name: RoleName;
  readonly #home: string;
  readonly #onEnded: (ending: Ending) => void;
  /** Planted for the whole run. */
  readonly #planted: readonly Patch[];
  #child: ChildProcess | undefined;
  #isUp = false;
  #isPaused = false;
  #wantsToRun = false;
  #patches: readonly Patch[] = [];
  #ready: Promise<void> = Promise.resolve();
  #upSinceMs = 0;

  constructor(
    name: RoleName,
    home: string,
    planted: readonly Patch[],
    onEnded: (ending: Ending) => void,
  ) {
    this.name = name;
    this.#home = home;
    this.#planted = planted;
    this.#onEnded = onEnded;
    checkPatches(planted);
  }

  /** Of the process that runs now. */
  get pid(): number | undefined {
    return this.#isUp ? this.#child?.pid : undefined;
  }

  get upForMs(): number {
    return this.#isUp ? Date.now() - this.#upSinceMs : 0;
  }

  get isPaused(): boolean {
    return this.#isPaused;
  }

  /** Resolves when the role is up, after however many tries. */
  get ready(): Promise<void> {
    return this.#ready;
  }

  /** Starts the role, with these lines changed; resolves when it is up. */
  start(patches: readonly Patch[] = []): Promise<void> {
    checkPatches(patches);
    this.#wantsToRun = true;
    this.#patches = patches;
    this.#ready = new Promise((resolve) => {
      this.#fork(resolve);
    });
    return this.#ready;
  }

  /** kill -9; resolves when the process is gone. It is not started again by itself. */
  async kill(): Promise<void> {
    this.#wantsToRun = false;
    await this.#end("SIGKILL");
  }

  /** Asks the role to end in order, and kills it when it does not. Returns whether it did. */
  async stop(graceMs: number): Promise<boolean> {
    this.#wantsToRun = false;
    const child = this.#child;
    const timer = setTimeout(() => child?.kill("SIGKILL"), graceMs);
    await this.#end("SIGTERM");
    clearTimeout(timer);
    return child?.signalCode !== "SIGKILL";
  }

  pause(): void {
    this.#isPaused = this.#child?.kill("SIGSTOP") === true;
  }

  resume(): void {
    this.#child?.kill("SIGCONT");
    this.#isPaused = false;
  }

  /** Until the clock is set again, Date.now() is this far off. */
  moveClock(offsetMs: number): void {
    writeFileSync(this.#clockPath, String(offsetMs));
    if (this.#isUp) this.#child?.kill("SIGUSR2");
  }

  /** Files may not grow past this; a write that would is cut there, as on a disk that is full. */
  limitFiles(bytes: number | undefined): void {
    if (this.#child?.pid === undefined || this.#child.exitCode !== null) return;
    const soft = bytes === undefined ? "unlimited" : String(bytes);
    try {
      execFileSync("prlimit", ["--pid", String(this.#child.pid), `--fsize=${soft}:unlimited`], {
        stdio: "ignore",
      });
    } catch {
      // It ended between the two lines above.
    }
  }

  /** How often its log says this. */
  countInLog(text: string): number {
    try {
      return readFileSync(logPath(this.#home, this.name), "utf8").split(text).length - 1;
    } catch {
      return 0;
    }
  }

  get logBytes(): number {
    return statSync(logPath(this.#home, this.name)).size;
  }

  get #clockPath(): string {
    return join(this.#home, "logs", `${this.name}.clock`);
  }

  #fork(up: () => void): void {
    const log = openSync(logPath(this.#home, this.name), "a", 0o600);
    const patches = [...this.#planted, ...this.#patches];
    const child = fork(command, ["role", this.name, "--home", this.#home], {
      stdio: ["ignore", log, log, "ipc"],
      execArgv: ["--import", preload],
      env: {
        ...process.env,
        CHAOS_CLOCK: this.#clockPath,
        ...(patches.length > 0 && { CHAOS_PATCHES: JSON.stringify(patches) }),
      },
    });
    closeSync(log);
    this.#child = child;
    let code: string | undefined;
    child.on("message", (message: FromRole) => {
      if (message.kind === "failed") code = message.code;
      if (message.kind !== "ready" || child !== this.#child) return;
      this.#isUp = true;
      this.#upSinceMs = Date.now();
      up();
    });
    child.on("error", () => undefined);
    child.send({ kind: "start" }, () => undefined);
    child.once("exit", (status, signal) => {
      if (child !== this.#child) return;
      this.#isUp = false;
      this.#isPaused = false;
      if (!this.#wantsToRun) return;
      this.#onEnded({ role: this.name, code, how: signal ?? `exit status ${status}` });
      setTimeout(() => {
        if (this.#wantsToRun && child === this.#child) this.#fork(up);
      }, restartDelayMs);
    });
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    this.#isUp = false;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => {
      child.once("exit", resolve);
    });
    child.kill("SIGCONT");
    child.kill(signal);
    await gone;
    this.#isPaused = false;
  }
}
