// What a log line may hold. Numbers say a lot about a request and nothing of its text; texts are another matter.

/** Fields that may hold a text: names of things, codes and places. Free text has no field. */
const textFields = [
  "address",
  "at",
  "cause",
  "channel",
  "claimsHash",
  "code",
  "contract",
  "engine",
  "errorName",
  "file",
  "finishReason",
  "host",
  "imageHash",
  "manifestHash",
  "method",
  "model",
  "origin",
  "peerId",
  "phase",
  "profileId",
  "publicKey",
  "receiptId",
  "requestId",
  "route",
  "signal",
  "teeType",
  "tier",
  "transaction",
  "url",
  "version",
  "workerId",
] as const;

export type TextField = (typeof textFields)[number];

type Plain = number | boolean | bigint | undefined;

/** The compiler's half of the guard: a text under any other name does not type-check. */
export type LogFields<Fields> = {
  readonly [Name in keyof Fields]: Name extends TextField ? Plain | string : Plain;
};

const textFieldNames: ReadonlySet<string> = new Set(textFields);
/** Written by the logger itself. */
const reservedNames: ReadonlySet<string> = new Set(["level", "timeMs", "role", "event"]);
const fieldName = /^[a-z][A-Za-z0-9]{0,39}$/;
/** No spaces and nothing but ASCII: an id, a code or an address passes, a sentence of any language does not. */
export const nameOfThing = /^[\w.:/@+=,-]{0,128}$/;

/** What stands where a value was held back. */
const redacted = "[redacted]";

/** The run-time half of the guard, for values that a cast or plain JavaScript brought past the compiler. */
export function guardFields(fields: object): Record<string, number | boolean | string> {
  const guarded: Record<string, number | boolean | string> = {};
  for (const [name, value] of Object.entries(fields)) {
    if (value === undefined || reservedNames.has(name) || !fieldName.test(name)) continue;
    guarded[name] = guardValue(name, value);
  }
  return guarded;
}

function guardValue(name: string, value: unknown): number | boolean | string {
  if (typeof value === "number" || typeof value === "boolean") return value;
  if (typeof value === "bigint") return value.toString();
  if (typeof value !== "string" || !textFieldNames.has(name)) return redacted;
  return guardText(value);
}

function guardText(text: string): string {
  return nameOfThing.test(text) ? text : redacted;
}
