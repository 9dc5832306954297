// A page in the owner's browser is not the owner: it must not spend, nor read receipts.

import { CocoonError } from "@cocoon/protocol";
import type { HttpApp } from "./app.ts";

const loopbackNames: ReadonlySet<string> = new Set(["localhost", "127.0.0.1", "[::1]"]);

/** Whether a host's name or address is this machine's own, seen from itself. */
export function isLoopbackName(host: string): boolean {
  return loopbackNames.has(host);
}

/**
 * Refuses what a web page of another origin sends, with origin_refused. Browsers name the origin of every request that a
 * page makes to another one; applications do not. On a loopback address the Host must be a loopback name too, else a
 * page could reach the gateway under a name of its own that it lets resolve to this machine.
 */
export function refuseForeignPages(app: HttpApp, host: string): void {
  app.use(async (context, next) => {
    const named = context.req.header("host") ?? "";
    const origin = context.req.header("origin");
    if (origin !== undefined && origin !== `http://${named}`)
      throw new CocoonError("origin_refused");
    const isLoopback = isLoopbackName(host);
    if (isLoopback && !isLoopbackName(named.replace(/:\d+$/, ""))) {
      throw new CocoonError("origin_refused");
    }
    await next();
  });
}
