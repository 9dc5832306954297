import { CocoonError } from "../errors/index.ts";

/** Refuses a request. The reason is ours: nothing that the caller wrote may stand in it. */
export function malformed(param: string, reason: string): CocoonError {
  return new CocoonError("request_malformed", { param, reason });
}

/** Refuses what is well-formed but served by none of our engines. */
export function unsupported(param: string, reason?: string): CocoonError {
  return new CocoonError("capability_missing", { param, ...(reason !== undefined && { reason }) });
}

/**
 * One JSON object of a request, read field by field. A refusal names the field the way OpenAI does:
 * `messages[0].content`. As with OpenAI, null is the same as absent and unknown fields are not looked at.
 */
export class Fields {
  readonly #object: Readonly<Record<string, unknown>>;
  readonly #path: string;

  constructor(value: unknown, path: string) {
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      throw malformed(path, "must be an object");
    }
    this.#object = value as Record<string, unknown>; // oxlint-disable-line no-unsafe-type-assertion -- checked above
    this.#path = path;
  }

  /** The full name of a field. */
  param(name: string): string {
    return this.#path === "" ? name : `${this.#path}.${name}`;
  }

  /** The field as it is; null is absent. */
  unknown(name: string): unknown {
    return this.#object[name] ?? undefined;
  }

  /** A text that must be there and not be empty. */
  name(name: string, lengthMax: number): string {
    const value = this.text(name);
    if (value === undefined) throw malformed(this.param(name), "is required");
    if (value === "") throw malformed(this.param(name), "must not be empty");
    if (value.length > lengthMax) throw malformed(this.param(name), "is too long");
    return value;
  }

  text(name: string): string | undefined {
    const value = this.unknown(name);
    if (value !== undefined && typeof value !== "string") {
      throw malformed(this.param(name), "must be a string");
    }
    return value;
  }

  boolean(name: string): boolean | undefined {
    const value = this.unknown(name);
    if (value !== undefined && typeof value !== "boolean") {
      throw malformed(this.param(name), "must be a boolean");
    }
    return value;
  }

  /** A number within bounds, both included. */
  number(name: string, min: number, max: number): number | undefined {
    const value = this.unknown(name);
    if (value === undefined) return undefined;
    if (typeof value !== "number") throw malformed(this.param(name), "must be a number");
    if (!(value >= min && value <= max)) {
      throw malformed(this.param(name), `must be from ${min} to ${max}`);
    }
    return value;
  }

  /** A whole number within bounds, both included. */
  integer(name: string, min: number, max: number): number | undefined {
    const value = this.number(name, min, max);
    if (value !== undefined && !Number.isSafeInteger(value)) {
      throw malformed(this.param(name), "must be a whole number");
    }
    return value;
  }

  /** The elements, or undefined when the field is absent. */
  array(name: string, countMax: number): readonly unknown[] | undefined {
    const value: unknown = this.unknown(name);
    if (value === undefined) return undefined;
    if (!isArray(value)) throw malformed(this.param(name), "must be an array");
    if (value.length > countMax) throw malformed(this.param(name), `has over ${countMax} elements`);
    return value;
  }

  object(name: string): Fields | undefined {
    const value = this.unknown(name);
    return value === undefined ? undefined : new Fields(value, this.param(name));
  }

  required(name: string): Fields {
    const fields = this.object(name);
    if (fields === undefined) throw malformed(this.param(name), "is required");
    return fields;
  }

  isEmpty(): boolean {
    return Object.keys(this.#object).length === 0;
  }

  /** A JSON Schema: an object nested no deeper than what every later reader of it survives. */
  schema(name: string): Readonly<Record<string, unknown>> | undefined {
    const fields = this.object(name);
    if (fields === undefined) return undefined;
    if (isDeeperThan(fields.#object, schemaDepthMax)) {
      throw malformed(this.param(name), `is nested over ${schemaDepthMax} deep`);
    }
    return fields.#object;
  }
}

/** JSON.parse takes any depth, but what walks the value later is recursive: a stack of 64 is no risk. */
export const schemaDepthMax = 64;

function isArray(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

function isDeeperThan(value: unknown, depthMax: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  if (depthMax === 0) return true;
  return Object.values(value).some((element) => isDeeperThan(element, depthMax - 1));
}
