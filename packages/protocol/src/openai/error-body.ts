import { CocoonError } from "../errors/index.ts";

export type ErrorBody = {
  readonly error: {
    readonly message: string;
    readonly type: string;
    readonly param: string | null;
    readonly code: string;
  };
};

/** A refusal as an OpenAI client understands it. */
export type ErrorAnswer = {
  readonly status: number;
  readonly body: ErrorBody;
  /** `retry-after` where waiting helps; `x-should-retry` overrides what OpenAI's clients would guess from the status. */
  readonly headers: Readonly<Record<string, string>>;
};

const retryAfterSeconds = { capacity: 1, other: 5 };

/** The status and body of a refusal. Anything but a CocoonError, and whatever is our fault, says nothing about itself. */
export function errorBody(thrown: unknown): ErrorAnswer {
  const error = thrown instanceof CocoonError ? thrown : new CocoonError("internal");
  const { status, type, retry, blame, meaning } = error.row;
  const param = error.details["param"];
  return {
    status,
    body: {
      error: {
        message: blame === "us" ? meaning : error.message,
        type,
        param: typeof param === "string" && param !== "" ? param : null,
        code: error.code,
      },
    },
    headers: {
      "x-should-retry": String(retry === "later" || retry === "other_peer"),
      ...(retry === "later" && { "retry-after": String(waitSeconds(error)) }),
    },
  };
}

function waitSeconds(error: CocoonError): number {
  const waitMs = error.details["retryAfterMs"];
  if (typeof waitMs === "number" && waitMs > 0) return Math.ceil(waitMs / 1_000);
  return error.row.type === "rate_limit_error"
    ? retryAfterSeconds.capacity
    : retryAfterSeconds.other;
}
