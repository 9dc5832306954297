// Stands for node:assert/strict in a page, as far as the suite uses it.

type Expected = object | ((error: unknown) => unknown) | undefined;

function fail(message: unknown = "failed"): never {
  throw new Error(`assertion: ${String(message)}`);
}

function ok(value: unknown, message?: string): void {
  if (!value) fail(message ?? `${String(value)} is not true`);
}

function equal(actual: unknown, expected: unknown, message = ""): void {
  if (!Object.is(actual, expected)) {
    fail(`${message} got ${String(actual)}, expected ${String(expected)}`);
  }
}

function notEqual(actual: unknown, expected: unknown): void {
  if (Object.is(actual, expected)) fail(`both are ${String(actual)}`);
}

function match(text: string, pattern: RegExp): void {
  if (!pattern.test(text)) fail(`${text} does not match ${String(pattern)}`);
}

/** Own enumerable members, entries of maps and sets, and prototypes. */
function isDeepEqual(left: unknown, right: unknown): boolean {
  if (Object.is(left, right)) return true;
  if (typeof left !== "object" || typeof right !== "object") return false;
  if (left === null || right === null) return false;
  if (Object.getPrototypeOf(left) !== Object.getPrototypeOf(right)) return false;
  if (left instanceof Map || left instanceof Set) {
    return right instanceof left.constructor && isDeepEqual([...left], [...iterate(right)]);
  }
  const names = Object.keys(left);
  const isSameShape = names.length === Object.keys(right).length;
  return (
    isSameShape && names.every((name) => isDeepEqual(memberOf(left, name), memberOf(right, name)))
  );
}

function iterate(value: object): Iterable<unknown> {
  return value as Iterable<unknown>; // oxlint-disable-line no-unsafe-type-assertion -- a map or a set
}

function memberOf(value: object, name: string): unknown {
  return Object.hasOwn(value, name) ? Reflect.get(value, name) : Symbol("absent");
}

function deepEqual(actual: unknown, expected: unknown, message = ""): void {
  if (!isDeepEqual(actual, expected)) {
    fail(`${message} got ${JSON.stringify(actual)}, expected ${JSON.stringify(expected)}`);
  }
}

function notDeepEqual(actual: unknown, expected: unknown): void {
  if (isDeepEqual(actual, expected)) fail("deeply equal");
}

/** As node's: a class, a pattern for the text, a predicate, or members that the error must have. */
function requireError(error: unknown, expected: Expected | RegExp | string, message = ""): void {
  if (expected === undefined || typeof expected === "string") return;
  if (expected instanceof RegExp) {
    ok(expected.test(String(error)), `${message} ${String(error)} does not match`);
    return;
  }
  if (typeof expected === "function") {
    const isClass = expected === Error || expected.prototype instanceof Error;
    const fits = isClass ? error instanceof expected : expected(error) === true;
    ok(fits, `${message} ${String(error)} is another error`);
    return;
  }
  for (const [name, value] of Object.entries(expected)) {
    const actual: unknown =
      typeof error === "object" && error !== null ? Reflect.get(error, name) : undefined;
    ok(isDeepEqual(actual, value), `${message} ${String(error)}: ${name} is not ${String(value)}`);
  }
}

function throws(
  body: () => unknown,
  expected?: Expected | RegExp | string,
  message?: string,
): void {
  try {
    body();
  } catch (error) {
    requireError(error, expected, message);
    return;
  }
  fail(`${message ?? ""} nothing was thrown`);
}

async function rejects(
  promised: Promise<unknown> | (() => Promise<unknown>),
  expected?: Expected | RegExp | string,
  message?: string,
): Promise<void> {
  try {
    await (typeof promised === "function" ? promised() : promised);
  } catch (error) {
    requireError(error, expected, message);
    return;
  }
  fail(`${message ?? ""} nothing was refused`);
}

const assert = {
  deepEqual,
  equal,
  fail,
  match,
  notDeepEqual,
  notEqual,
  ok,
  rejects,
  throws,
};

// oxlint-disable-next-line import/no-default-export -- node:assert has one
export default assert;
