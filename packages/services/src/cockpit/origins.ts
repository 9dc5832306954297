// Which web pages may ask: those of this machine and those that the configuration names. All of them need the token too.

import { CocoonError } from "@cocoon/protocol";
import { type HttpApp, isLoopbackName } from "../http/index.ts";

const preflightSeconds = 600;

/** Refuses other pages, and a name of this machine that a page made up, with origin_refused. */
export function allowPages(app: HttpApp, origins: readonly string[]): void {
  app.use(async (context, next) => {
    const named = context.req.header("host") ?? "";
    if (!isLoopbackName(named.replace(/:\d+$/, ""))) throw new CocoonError("origin_refused");
    const origin = context.req.header("origin");
    if (origin === undefined) {
      await next();
      return;
    }
    if (!origins.includes(origin) && !isLoopbackName(URL.parse(origin)?.hostname ?? "")) {
      throw new CocoonError("origin_refused");
    }
    if (context.req.method === "OPTIONS") {
      context.res = new Response(null, { status: 204, headers: preflightHeaders(origin) });
      return;
    }
    await next();
    context.res.headers.set("access-control-allow-origin", origin);
    context.res.headers.append("vary", "origin");
  });
}

function preflightHeaders(origin: string): Readonly<Record<string, string>> {
  return {
    "access-control-allow-origin": origin,
    "access-control-allow-headers": "authorization",
    "access-control-allow-methods": "GET",
    // A page of a public origin asks a private address: browsers ask whether that is meant.
    "access-control-allow-private-network": "true",
    "access-control-max-age": String(preflightSeconds),
    vary: "origin",
  };
}
