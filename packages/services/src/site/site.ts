// A folder of static files over HTTP, for who has no web server at hand. What is served is read once, at the start: no
// path of a request ever reaches the disk.

import { CocoonError, utf8 } from "@cocoon/protocol";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createApp, type HttpServer, serveHttp } from "../http/index.ts";
import type { Logger } from "../observe/index.ts";

export type SiteOptions = {
  /** The files, with an index.html. */
  readonly folder: string;
  /** Files that are made here, by name. */
  readonly made: Readonly<Record<string, string>>;
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** Origins whose pages may show this one in a frame, such as "https://web.telegram.org". Default: none. */
  readonly framedBy?: readonly string[];
  readonly logger: Logger;
};

type Served = { readonly body: Uint8Array<ArrayBuffer>; readonly headers: Record<string, string> };

const types: Readonly<Record<string, string>> = {
  css: "text/css; charset=utf-8",
  html: "text/html; charset=utf-8",
  ico: "image/x-icon",
  js: "text/javascript; charset=utf-8",
  json: "application/json; charset=utf-8",
  png: "image/png",
  svg: "image/svg+xml",
  webmanifest: "application/manifest+json",
  woff2: "font/woff2",
};

/** On every answer. */
const safeguards = {
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
};
/** Names under assets/ have a hash of the content in them. */
const forEver = "public, max-age=31536000, immutable";

/** Serves a site until it is closed. Throws option_invalid when the folder has no index.html or the port can't be had. */
export async function serveSite(options: SiteOptions): Promise<HttpServer> {
  const files = filesOf(options);
  const app = createApp(options.logger);
  app.get("*", (context) => {
    const { pathname } = new URL(context.req.url);
    const file = files.get(pathname === "/" ? "/index.html" : pathname);
    if (file === undefined) throw new CocoonError("route_unknown");
    const isKnown = context.req.header("if-none-match") === file.headers["etag"];
    return new Response(isKnown ? null : file.body, {
      status: isKnown ? 304 : 200,
      headers: file.headers,
    });
  });
  return await serveHttp(app, options);
}

function filesOf({ folder, framedBy = [], made }: SiteOptions): ReadonlyMap<string, Served> {
  const files = new Map<string, Served>();
  for (const path of list(folder))
    files.set(`/${path}`, served(path, readFileSync(join(folder, path)), framedBy));
  for (const [path, text] of Object.entries(made)) {
    files.set(`/${path}`, served(path, utf8(text), framedBy));
  }
  if (!files.has("/index.html")) {
    throw new CocoonError("option_invalid", { folder, reason: "no page was built: npm run build" });
  }
  return files;
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(folder.length))
      .map((path) => path.replaceAll("\\", "/").replace(/^\//, ""));
  } catch {
    return [];
  }
}

function served(path: string, content: Uint8Array, framedBy: readonly string[]): Served {
  const type = types[path.split(".").at(-1) ?? ""] ?? "application/octet-stream";
  return {
    body: Uint8Array.from(content),
    headers: {
      ...safeguards,
      "content-type": type,
      "cache-control": path.startsWith("assets/") ? forEver : "no-cache",
      etag: `"${createHash("sha256").update(content).digest("hex").slice(0, 32)}"`,
      ...policyOf(type, content, framedBy),
    },
  };
}

/**
 * The policy that a document states of itself, as a header: there it can also say who may show it in a frame. A page that
 * anybody may show inside another one could be made to click.
 */
function policyOf(
  type: string,
  content: Uint8Array,
  framedBy: readonly string[],
): Record<string, string> {
  // For browsers that know nothing else; it has no word for "these alone".
  const frameless = framedBy.length === 0 ? { "x-frame-options": "DENY" } : undefined;
  if (!type.startsWith("text/html")) return { ...frameless };
  const text = Buffer.from(content).toString("utf8");
  const stated = /http-equiv="Content-Security-Policy" content="([^"]+)"/.exec(text)?.[1];
  const framing = `frame-ancestors ${framedBy.length === 0 ? "'none'" : framedBy.join(" ")}`;
  const policy = stated === undefined ? framing : `${stated}; ${framing}`;
  return { ...frameless, "content-security-policy": policy };
}
