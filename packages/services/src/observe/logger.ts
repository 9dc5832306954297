import { pino } from "pino";
import { guardFields, type LogFields } from "./fields.ts";

/** Who has to act decides the level. */
export type LogLevel = "error" | "warn" | "info" | "debug" | "silent";

/**
 * Writes one line: what happened, as a name written in the code such as "worker_joined", and fields that cannot hold
 * a prompt. A name that is computed does not type-check.
 */
type LogEvent = <
  const Name extends string,
  Fields extends Readonly<Record<string, number | boolean | bigint | string | undefined>>,
>(
  name: string extends Name ? never : Name,
  fields?: Fields & LogFields<Fields>,
) => void;

/** The log of one role. */
export type Logger = {
  /** Somebody must act now: money, data or the service is at stake. */
  readonly error: LogEvent;
  /** The operator should look when it comes again: a peer that misbehaves, a chain that does not answer. */
  readonly warn: LogEvent;
  /** The role's life in a few lines an hour: started, joined, anchored, settled, stopped. Level info. */
  readonly event: LogEvent;
  /** Each request and connection, for developers. */
  readonly debug: LogEvent;
  /** Writes out what is left; later calls write nothing. */
  readonly close: () => void;
};

export type LoggerOptions = {
  readonly role: string;
  /** Default info. */
  readonly level?: LogLevel;
  /** Standard output by default; a file, readable by its owner alone and appended to; or anything that takes lines. */
  readonly destination?: { readonly path: string } | { write(line: string): void };
  readonly nowMs?: () => number;
};

/** A logger of JSON lines: level, timeMs, role, event, then the fields. Amounts are decimal texts. */
export function createLogger(options: LoggerOptions): Logger {
  const { role, level = "info", nowMs = Date.now } = options;
  const sink = openSink(options.destination);
  const lines = pino(
    {
      level,
      base: { role },
      messageKey: "event",
      timestamp: () => `,"timeMs":${nowMs()}`,
      formatters: { level: (label) => ({ level: label }) },
    },
    sink.stream,
  );
  let isOpen = true;
  const writer = (at: "error" | "warn" | "info" | "debug"): LogEvent => {
    return (name: string, fields: object = {}) => {
      if (isOpen && lines.isLevelEnabled(at)) lines[at](guardFields(fields), guardName(name));
    };
  };
  return {
    error: writer("error"),
    warn: writer("warn"),
    event: writer("info"),
    debug: writer("debug"),
    close: () => {
      if (isOpen) sink.close();
      isOpen = false;
    },
  };
}

type Sink = {
  readonly stream: { write(line: string): void };
  readonly close: () => void;
};

const standardOutput = 1;

function openSink(destination: LoggerOptions["destination"]): Sink {
  if (destination !== undefined && "write" in destination) {
    return { stream: destination, close: () => {} };
  }
  // Synchronous: a line costs microseconds, and the last ones before a crash are the ones that matter.
  const dest = destination?.path ?? standardOutput;
  const file = pino.destination({ dest, sync: true, mode: 0o600 });
  file.on("error", () => {}); // A full disk or a reader that went away costs log lines, not answers.
  return {
    stream: file,
    close: () => {
      file.flushSync();
      if (dest !== standardOutput) file.end();
    },
  };
}

function guardName(name: string): string {
  return /^[a-z][a-z0-9_]{0,63}$/.test(name) ? name : "event_misnamed";
}
