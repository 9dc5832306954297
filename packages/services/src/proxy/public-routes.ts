// What anybody may look at over HTTP, from any page: the market of this moment, and where a receipt stands.

import { CocoonError, fromHex, toBase64, toHex } from "@cocoon/protocol";
import type { HttpApp } from "../http/index.ts";
import type { Proxy } from "./proxy.ts";
import { proxyStatus, statusModules } from "./status.ts";

const headers = {
  "cache-control": "no-cache",
  "content-type": "application/json; charset=utf-8",
};

/**
 * GET /status: the workers on offer and the size of the log, amounts as decimal texts. GET /receipts/ID, by a request id
 * of 32 hex digits: the receipt in base64, and, once a checkpoint covers it, its proof as the wire has it.
 */
export function addPublicRoutes(app: HttpApp, proxy: Proxy): void {
  app.get("/status", () => respond(proxyStatus(statusModules(proxy))));
  app.get("/receipts/:id", (context) => {
    const id = fromHex(context.req.param("id"));
    const receipt = id?.length === 16 ? proxy.log.receipt(toHex(id)) : undefined;
    if (id === undefined || receipt === undefined) throw new CocoonError("receipt_unknown");
    return respond({ receipt: toBase64(receipt), proof: proxy.log.proof(toHex(id)) });
  });
}

function respond(value: object): Response {
  const text = JSON.stringify(value, (_name, field: unknown) =>
    typeof field === "bigint" ? field.toString() : field,
  );
  return new Response(text, { headers });
}
