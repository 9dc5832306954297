import { errorTable, type ErrorCode, type ErrorRow } from "./table.ts";

/** What a refusal may say about itself. Never a prompt, a key, a signature or an answer. */
export type ErrorDetails = Readonly<Record<string, string | number | boolean>>;

/** A refusal that a caller must expect: the world said no. Bugs are assertions, absence is undefined. */
export class CocoonError extends Error {
  readonly code: ErrorCode;
  readonly details: ErrorDetails;

  constructor(code: ErrorCode, details: ErrorDetails = {}, options?: { readonly cause?: unknown }) {
    super(messageOf(code, details), options);
    this.name = "CocoonError";
    this.code = code;
    this.details = details;
  }

  /** The row of the one table: HTTP status, retry advice, who is to blame. */
  get row(): ErrorRow {
    return errorTable[this.code];
  }
}

function messageOf(code: ErrorCode, details: ErrorDetails): string {
  const fields = Object.entries(details).map(([name, value]) => `${name}: ${value}`);
  const meaning = errorTable[code].meaning;
  return fields.length === 0 ? meaning : `${meaning} (${fields.join(", ")})`;
}
