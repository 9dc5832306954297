// One role in a process of its own: started, watched, started again when it dies, stopped when it is time.

import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, closeSync, openSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { CocoonError } from "@cocoon/protocol";
import type { RoleName } from "../home.ts";
import type { Facts } from "../roles/role.ts";
import type { FromRole, ToRole } from "./messages.ts";

export type RoleProcessOptions = {
  readonly name: RoleName;
  readonly home: string;
  /** What the role prints goes here, at the end of what is there. */
  readonly logPath: string;
  /** When given, the role logs each request too, and what it prints is shown while it is written. */
  readonly onOutput?: ((text: string) => void) | undefined;
  /** How long to wait before a start, by how many in a row have failed. */
  readonly restartDelayMs: (failures: number) => number;
  /** There is a process, with another id than the one before. */
  readonly onForked: () => void;
  readonly onDied: (name: RoleName, how: string, delayMs: number) => void;
  readonly onBack: (name: RoleName, facts: Facts) => void;
  readonly nowMs: () => number;
};

/** A role that ran for so long did not fail at its start. */
const stableMs = 30_000;

export class RoleProcess {
  readonly name: RoleName;
  /** Resolves when the role is up for the first time; rejects when it ends before that. */
  readonly ready: Promise<Facts>;
  readonly #options: RoleProcessOptions;
  #child: ChildProcess | undefined;
  #restart: NodeJS.Timeout | undefined;
  #mayStart = false;
  #isStopping = false;
  #wasUp = false;
  #upAtMs: number | undefined;
  #failures = 0;
  #refusal: CocoonError | undefined;
  #becomeReady: (facts: Facts) => void = () => undefined;
  #failToStart: (error: CocoonError) => void = () => undefined;

  constructor(options: RoleProcessOptions) {
    this.name = options.name;
    this.#options = options;
    this.ready = new Promise((resolve, reject) => {
      this.#becomeReady = resolve;
      this.#failToStart = reject;
    });
    this.ready.catch(() => undefined); // Whoever waits for it hears of it.
    this.#fork();
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Lets the role go on once it is prepared; holds for restarts too. */
  start(): void {
    this.#mayStart = true;
    this.#say({ kind: "start" });
  }

  /**
   * Asks the role to close, and kills it when that takes longer than the grace. Returns whether it closed by itself. One
   * that was never started holds nothing and is ended at once.
   */
  async stop(graceMs: number): Promise<boolean> {
    this.#isStopping = true;
    clearTimeout(this.#restart);
    const child = this.#child;
    if (child === undefined || isGone(child)) return true;
    const gone = once(child, "exit");
    this.#say({ kind: "stop" });
    const timer = setTimeout(() => child.kill("SIGKILL"), this.#mayStart ? graceMs : 0);
    await gone;
    clearTimeout(timer);
    return child.exitCode === 0 || !this.#mayStart;
  }

  /** Ends the role now, for good. */
  kill(): void {
    this.#isStopping = true;
    clearTimeout(this.#restart);
    this.#child?.kill("SIGKILL");
  }

  #fork(): void {
    const { home, logPath, name, onOutput } = this.#options;
    const isShown = onOutput !== undefined;
    const log = openSync(logPath, "a", 0o600);
    const output = isShown ? "pipe" : log;
    const words = ["role", name, "--home", home, ...(isShown ? ["--verbose"] : [])];
    const child = fork(entryPath, words, {
      execArgv: [],
      stdio: ["ignore", output, output, "ipc"],
    });
    closeSync(log);
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on("data", (piece: Buffer) => {
        appendFileSync(logPath, piece);
        onOutput?.(piece.toString("utf8"));
      });
    }
    this.#child = child;
    this.#refusal = undefined;
    child.on("message", (message: FromRole) => this.#hear(message));
    child.once("error", () => this.#ended(child));
    child.once("exit", () => this.#ended(child));
    if (this.#mayStart) this.#say({ kind: "start" });
  }

  #say(message: ToRole): void {
    this.#child?.send(message, () => undefined); // To a child that just died: its exit tells.
  }

  #hear(message: FromRole): void {
    if (message.kind === "failed") {
      this.#refusal = new CocoonError(message.code, { ...message.details, role: this.name });
    }
    if (message.kind !== "ready") return;
    this.#upAtMs = this.#options.nowMs();
    if (this.#wasUp) this.#options.onBack(this.name, message.facts);
    this.#wasUp = true;
    this.#becomeReady(message.facts);
  }

  #ended(child: ChildProcess): void {
    if (child !== this.#child) return;
    this.#child = undefined;
    const how = this.#refusal?.code ?? endOf(child);
    const { logPath: log } = this.#options;
    this.#failToStart(this.#refusal ?? new CocoonError("internal", { role: this.name, how, log }));
    if (this.#isStopping || !this.#wasUp) return;
    const { nowMs, onDied, restartDelayMs } = this.#options;
    const upMs = this.#upAtMs === undefined ? 0 : nowMs() - this.#upAtMs;
    this.#upAtMs = undefined;
    this.#failures = upMs >= stableMs ? 1 : this.#failures + 1;
    const delayMs = restartDelayMs(this.#failures);
    onDied(this.name, how, delayMs);
    this.#restart = setTimeout(() => {
      this.#fork();
      this.#options.onForked();
    }, delayMs);
  }
}

/** Doubles from a quarter of a second to ten seconds. */
export function doublingDelayMs(failures: number): number {
  return Math.min(250 * 2 ** (failures - 1), 10_000);
}

/** The command itself as it was built, also when this file runs from source: it starts twice as fast. */
const entryPath = fileURLToPath(new URL("../../dist/main.js", import.meta.url));

function isGone({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}

function endOf({ exitCode, signalCode }: ChildProcess): string {
  if (signalCode !== null) return signalCode;
  return exitCode === null ? "could not be started" : `exit status ${exitCode}`;
}
