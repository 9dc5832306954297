// A grammar that lets a model write nothing but JSON of a given schema, in the GBNF notation of llama.cpp
// (grammars/README.md at f5fe98d). What the grammar cannot hold is refused, so an answer that ends is always valid.

import { CocoonError, type JsonObject } from "@cocoon/protocol";

/** llama.cpp unrolls repetitions; this many in one grammar parse in a few milliseconds. */
const repetitionsMax = 2_000;
const rulesMax = 1_000;

const sharedRules = {
  value: 'object | array | string | number | "true" | "false" | "null"',
  object: '"{" ( member ( "," [ ]? member )* )? "}"',
  member: 'string ":" [ ]? value',
  array: '"[" ( value ( "," [ ]? value )* )? "]"',
  string: '"\\"" char* "\\""',
  char: String.raw`[^"\\\x7F\x00-\x1F] | "\\" ["\\/bfnrt]`,
  number: 'integer ( "." [0-9]{1,15} )? ( [eE] [-+]? [0-9]{1,2} )?',
  integer: '"-"? ( "0" | [1-9] [0-9]{0,14} )',
  boolean: '"true" | "false"',
  null: '"null"',
};

/** Keywords that say nothing about which values are valid (JSON Schema 2020-12, `format` included). */
const annotations = new Set([
  "$comment",
  "$id",
  "$schema",
  "default",
  "deprecated",
  "description",
  "examples",
  "format",
  "readOnly",
  "title",
  "writeOnly",
]);

const keywords = new Set([
  "$defs",
  "$ref",
  "additionalProperties",
  "anyOf",
  "const",
  "definitions",
  "enum",
  "items",
  "maxItems",
  "maxLength",
  "minItems",
  "minLength",
  "properties",
  "required",
  "type",
]);

/** Keywords of the standard that are named in a refusal; other names may be the caller's own words. */
const unenforced = new Set([
  "allOf",
  "contains",
  "dependentRequired",
  "dependentSchemas",
  "else",
  "exclusiveMaximum",
  "exclusiveMinimum",
  "if",
  "maxProperties",
  "maximum",
  "minProperties",
  "minimum",
  "multipleOf",
  "not",
  "oneOf",
  "pattern",
  "patternProperties",
  "prefixItems",
  "propertyNames",
  "then",
  "uniqueItems",
]);

/** The grammar of any JSON object. */
export function anyObjectGrammar(): string {
  return writeRules(new Map([["root", "object"]]));
}

/** The grammar of a JSON Schema. Throws capability_missing for a keyword that it cannot enforce. */
export function schemaGrammar(schema: JsonObject): string {
  const { root, rules } = schemaRules(schema, "s-");
  return writeRules(new Map([["root", root], ...rules]));
}

/** Part of a grammar: its rules, and the one where it begins. */
export type GrammarPart = { readonly root: string; readonly rules: ReadonlyMap<string, string> };

/** The rules of a JSON Schema, under names that begin with the prefix. Throws as schemaGrammar() does. */
export function schemaRules(schema: JsonObject, prefix: string): GrammarPart {
  return new GrammarWriter(schema, prefix).part();
}

/** A grammar of these rules, which may name those of any JSON value. */
export function writeRules(rules: ReadonlyMap<string, string>): string {
  return [...rules, ...Object.entries(sharedRules)]
    .map(([name, body]) => `${name} ::= ${body}\n`)
    .join("");
}

class GrammarWriter {
  readonly #schema: JsonObject;
  readonly #rules = new Map<string, string>();
  readonly #ruleOfReference = new Map<string, string>();
  readonly #prefix: string;
  #repetitions = 0;

  constructor(schema: JsonObject, prefix: string) {
    this.#schema = schema;
    this.#prefix = prefix;
  }

  part(): GrammarPart {
    const root = `${this.#prefix}root`;
    this.#ruleOfReference.set("#", root);
    this.#rules.set(root, "null");
    this.#rules.set(root, this.#body(this.#schema));
    return { root, rules: this.#rules };
  }

  #body(schema: unknown): string {
    if (schema === true) return "value";
    if (!isObject(schema)) throw refused("schema");
    const unknown = Object.keys(schema).find(
      (name) => !annotations.has(name) && !keywords.has(name),
    );
    if (unknown !== undefined) throw refused(unknown);
    if (schema["$ref"] !== undefined) {
      refuseBeside(schema, "$ref");
      return this.#reference(schema["$ref"]);
    }
    if (schema["anyOf"] !== undefined) {
      refuseBeside(schema, "anyOf");
      return alternatives(list(schema["anyOf"], "anyOf").map((choice) => this.#rule(choice)));
    }
    if (schema["const"] !== undefined || schema["enum"] !== undefined) return listed(schema);
    return this.#typed(schema);
  }

  #typed(schema: JsonObject): string {
    const { type } = schema;
    if (Array.isArray(type)) {
      return alternatives(type.map((one: unknown) => this.#typed({ ...schema, type: one })));
    }
    switch (type ?? guessedType(schema)) {
      case "object":
        return this.#object(schema);
      case "array":
        return this.#array(schema);
      case "string":
        return this.#string(schema);
      case "number":
      case "integer":
      case "boolean":
      case "null":
        return String(type);
      case undefined:
        return "value";
      default:
        throw refused("type");
    }
  }

  /** All properties in their order, the optional ones too: a value that has them is as valid as one that has not. */
  #object(schema: JsonObject): string {
    const properties = schema["properties"] ?? {};
    if (!isObject(properties)) throw refused("properties");
    const required = schema["required"] ?? [];
    if (!Array.isArray(required)) throw refused("required");
    if (
      required.some((name: unknown) => typeof name !== "string" || !Object.hasOwn(properties, name))
    ) {
      throw refused("required");
    }
    const members = Object.entries(properties).map(
      ([name, property]) => `${literal(name)} ":" [ ]? ${this.#rule(property)}`,
    );
    if (members.length > 0) return `"{" ${members.join(' "," [ ]? ')} "}"`;
    const additional = schema["additionalProperties"] ?? true;
    if (additional === false) return '"{}"';
    const member = `string ":" [ ]? ${this.#rule(additional)}`;
    return `"{" ( ${member} ( "," [ ]? ${member} )* )? "}"`;
  }

  #array(schema: JsonObject): string {
    const { min, max } = this.#bounds(schema, "minItems", "maxItems");
    const item = this.#rule(schema["items"] ?? true);
    if (max === 0) return '"[]"';
    const rest = `( "," [ ]? ${item} ){${Math.max(0, min - 1)},${max === undefined ? "" : max - 1}}`;
    return min === 0 ? `"[" ( ${item} ${rest} )? "]"` : `"[" ${item} ${rest} "]"`;
  }

  #string(schema: JsonObject): string {
    const { min, max } = this.#bounds(schema, "minLength", "maxLength");
    return `"\\"" char{${min},${max ?? ""}} "\\""`;
  }

  #bounds(schema: JsonObject, minName: string, maxName: string): { min: number; max?: number } {
    const min = schema[minName] ?? 0;
    const max = schema[maxName];
    if (!isCount(min)) throw refused(minName);
    if (max !== undefined && (!isCount(max) || max < min)) throw refused(maxName);
    this.#repetitions += max ?? min;
    if (this.#repetitions > repetitionsMax) throw refused(max === undefined ? minName : maxName);
    return max === undefined ? { min } : { min, max };
  }

  #reference(reference: unknown): string {
    if (typeof reference !== "string") throw refused("$ref");
    const known = this.#ruleOfReference.get(reference);
    if (known !== undefined) return known;
    const match = /^#\/(\$defs|definitions)\/([^/~%]+)$/.exec(reference);
    const [, group = "", name = ""] = match ?? [];
    const definitions = this.#schema[group];
    if (!isObject(definitions) || !Object.hasOwn(definitions, name)) throw refused("$ref");
    const rule = this.#newRule();
    this.#ruleOfReference.set(reference, rule);
    this.#rules.set(rule, this.#body(definitions[name]));
    return rule;
  }

  /** A rule of its own for a part of the schema. */
  #rule(schema: unknown): string {
    const rule = this.#newRule();
    this.#rules.set(rule, this.#body(schema));
    return rule;
  }

  #newRule(): string {
    if (this.#rules.size >= rulesMax) throw refused("schema");
    const rule = `${this.#prefix}${this.#rules.size}`;
    this.#rules.set(rule, "null");
    return rule;
  }
}

function guessedType(schema: JsonObject): string | undefined {
  if (schema["properties"] !== undefined || schema["required"] !== undefined) return "object";
  return schema["items"] === undefined ? undefined : "array";
}

/** The values of a const or an enum, those that its type allows. */
function listed(schema: JsonObject): string {
  const keyword = schema["const"] === undefined ? "enum" : "const";
  refuseBeside(schema, keyword, "type");
  const values = keyword === "const" ? [schema["const"]] : list(schema["enum"], "enum");
  const allowed = values.filter((value) => isOfType(value, schema["type"]));
  if (allowed.length === 0) throw refused(keyword);
  return alternatives(allowed.map(literal));
}

function isOfType(value: unknown, type: unknown): boolean {
  if (type === undefined) return true;
  if (Array.isArray(type)) return type.some((one: unknown) => isOfType(value, one));
  if (type === "integer") return Number.isInteger(value);
  if (value === null || Array.isArray(value)) return type === (value === null ? "null" : "array");
  return typeof value === type;
}

/** Refuses keywords that would have to hold together with one that stands for the whole. */
function refuseBeside(schema: JsonObject, ...allowed: readonly string[]): void {
  const beside = Object.keys(schema).find(
    (name) => keywords.has(name) && !allowed.includes(name) && !isDefinitions(name),
  );
  if (beside !== undefined) throw refused(beside);
}

function isDefinitions(name: string): boolean {
  return name === "$defs" || name === "definitions";
}

/** A JSON value as a quoted literal of the grammar. */
function literal(value: unknown): string {
  return `"${JSON.stringify(value).replace(/["\\]/g, String.raw`\$&`)}"`;
}

function alternatives(bodies: readonly string[]): string {
  return bodies.map((body) => `( ${body} )`).join(" | ");
}

function list(value: unknown, keyword: string): readonly unknown[] {
  if (!Array.isArray(value) || value.length === 0) throw refused(keyword);
  return value;
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

function refused(keyword: string): CocoonError {
  const param = "response_format.json_schema.schema";
  const known = keyword === "schema" || keywords.has(keyword) || unenforced.has(keyword);
  return new CocoonError("capability_missing", {
    param,
    ...(known && { keyword }),
  });
}
