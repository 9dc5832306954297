import { CocoonError, parseJson, textOf } from "@cocoon/protocol";
import type { IncomingMessage } from "node:http";
import { controls } from "./controls.ts";
import { liteserverMethods } from "./liteserver.ts";
import { type Method, methods } from "./methods.ts";
import { Params } from "./params.ts";
import { indexedMethods } from "./v3/methods.ts";

/** One call, whichever way it came. */
export type Call = {
  readonly method: Method;
  readonly params: Params;
  /** API v3 and TonAPI answer with the bare result. */
  readonly isBare: boolean;
  /** What goes into the answer besides the result. */
  readonly envelope: Envelope;
};

export type Envelope = { readonly jsonrpc?: "2.0"; readonly id?: string | number };

/** A message of 64 KiB in base64 with its parameters fits many times over. */
export const bodyBytesMax = 1024 * 1024;

/** Reads a call. Throws request_malformed, request_too_large or route_unknown. */
export async function readCall(request: IncomingMessage): Promise<Call> {
  const body = await readBody(request);
  const url = urlOf(request);
  const fields = body === "" ? {} : parseFields(body);
  const route = `${request.method} ${url.pathname}`;
  if (route === "POST /api/v2/jsonRPC") return rpcCall(fields);
  const params = new Params({ ...queryOf(url), ...fields });
  const indexed = indexedMethods.get(route);
  if (indexed !== undefined) return { method: indexed, params, isBare: true, envelope: {} };
  const lite = liteserverCall(route, params);
  if (lite !== undefined) return lite;
  const name = /^(?:GET|POST) \/api\/v2\/(\w+)$/.exec(route)?.[1] ?? "";
  const method = methods.get(name) ?? controls.get(route);
  if (method === undefined) throw new CocoonError("route_unknown", { route: route.slice(0, 128) });
  return { method, params, isBare: false, envelope: {} };
}

/** A call of TonAPI's form, whose path ends with its parameter. */
function liteserverCall(route: string, params: Params): Call | undefined {
  const [, name = "", account] = /^GET \/v2\/liteserver\/(\w+)(?:\/([\w:%-]+))?$/.exec(route) ?? [];
  const method = liteserverMethods.get(name);
  if (method === undefined) return undefined;
  const withAccount = params.with("account_id", account === undefined ? "" : decoded(account));
  return { method, params: withAccount, isBare: true, envelope: {} };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return "";
  }
}

/** A parameter that is there many times becomes a list. */
function queryOf({ searchParams }: URL): Readonly<Record<string, unknown>> {
  const names = new Set(searchParams.keys());
  return Object.fromEntries(
    [...names].map((name) => {
      const values = searchParams.getAll(name);
      return [name, values.length === 1 ? values[0] : values];
    }),
  );
}

/** The path and query; the origin means nothing. */
function urlOf({ url = "/" }: IncomingMessage): URL {
  const origin = "http://devnet";
  if (!URL.canParse(url, origin)) throw new CocoonError("route_unknown");
  return new URL(url, origin);
}

function rpcCall(fields: Readonly<Record<string, unknown>>): Call {
  const { id, method: name, params } = fields;
  if (typeof name !== "string") throw new CocoonError("request_malformed", { field: "method" });
  const method = methods.get(name);
  if (method === undefined) throw new CocoonError("route_unknown", { method: name.slice(0, 64) });
  const isIdKnown = typeof id === "string" || typeof id === "number";
  return {
    method,
    params: new Params(fieldsOf(params ?? {})),
    isBare: false,
    envelope: { jsonrpc: "2.0", ...(isIdKnown && { id }) },
  };
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new CocoonError("request_malformed", { reason: "not an object" });
  }
  return value as Record<string, unknown>; // oxlint-disable-line no-unsafe-type-assertion -- checked above
}

/** The fields of a body that must be a JSON object. Throws as readCall() does. */
export async function readFields(
  request: IncomingMessage,
): Promise<Readonly<Record<string, unknown>>> {
  return parseFields(await readBody(request));
}

/** The fields of a JSON object. Throws request_malformed. */
export function parseFields(text: string): Readonly<Record<string, unknown>> {
  return fieldsOf(parseJson(text, "request_malformed"));
}

/** The body as text. What is over the limit is read and dropped, so that the refusal reaches the client. */
function readBody(request: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let sizeBytes = 0;
    request.on("data", (chunk: Buffer) => {
      sizeBytes += chunk.length;
      if (sizeBytes <= bodyBytesMax) chunks.push(chunk);
      else reject(new CocoonError("request_too_large", { limitBytes: bodyBytesMax }));
    });
    request.on("error", () => reject(new CocoonError("cancelled")));
    request.on("end", () => {
      const text = textOf(Buffer.concat(chunks));
      if (text === undefined) reject(new CocoonError("request_malformed", { reason: "not UTF-8" }));
      else resolve(text);
    });
  });
}
