import { CocoonError } from "@cocoon/protocol";

/** What a log may say of an error. */
export type ErrorFields = {
  readonly code: string;
  readonly cause?: string;
  readonly errorName?: string;
  readonly at?: string;
};

/**
 * What a log may say of an error: codes and where it was thrown. Never its message or details, which may quote what
 * was being parsed or what a peer sent. An error that is no refusal is a bug, hence its name and place.
 */
export function errorFields(error: unknown): ErrorFields {
  if (!(error instanceof Error)) return { code: "internal" };
  const cause = codeOf(error.cause);
  const fields = cause === undefined ? {} : { cause };
  if (error instanceof CocoonError) return { code: error.code, ...fields };
  const at = placeOf(error);
  return {
    code: codeOf(error) ?? "internal",
    ...fields,
    errorName: error.name,
    ...(at !== undefined && { at }),
  };
}

/** Codes such as ECONNRESET or SQLITE_FULL. */
function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}

/** The last folders, file, line and column of the innermost frame of our own. */
function placeOf(error: Error): string | undefined {
  // The stack begins with the message, in which a stranger may have written lines that look like frames.
  const { message, stack = "" } = error;
  const frames = stack.slice(stack.indexOf(message) + message.length).split("\n");
  const own = frames.find((frame) => /:\d+:\d+\)?$/.test(frame) && !frame.includes("node:"));
  return /((?:[\w.-]+\/){0,3}[\w.-]+:\d+:\d+)\)?$/.exec(own ?? "")?.[1];
}
