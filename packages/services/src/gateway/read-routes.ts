// What can be asked besides answers: models, receipts, and what the proxy says of itself.

import type { HttpApp, HttpContext } from "../http/index.ts";
import {
  deleteKept,
  serveKept,
  serveModel,
  serveModels,
  serveReceipt,
  serveReceipts,
} from "@cocoon/sdk";
import type { Gateway } from "./gateway.ts";

export function addReadRoutes(app: HttpApp, gateway: Gateway): void {
  const { answers, cocoon, config, gate, kept, sessions, witnesses } = gateway;
  const { network, tier } = config;
  const source = { answers, cocoon, network, tier, witnesses, session: () => sessions.current };
  /** A key that is no admin's sees what it asked itself. */
  const ownerOf = (context: HttpContext): string | undefined => {
    const key = gate.keyOf(context);
    return key?.isAdmin === false ? key.id : undefined;
  };
  app.get("/v1/models", () => serveModels(source));
  app.get("/v1/models/:id{.+}", (context) => serveModel(source, context.req.param("id")));
  app.get("/v1/receipts", (context) =>
    serveReceipts(source, { limit: context.req.query("limit"), reference: ownerOf(context) }),
  );
  app.get("/v1/receipts/:id", (context) =>
    serveReceipt(source, {
      id: context.req.param("id"),
      reference: ownerOf(context),
      state: context.req.query("state"),
    }),
  );
  /** Not even an admin sees what another asked to be kept. */
  const keeperOf = (context: HttpContext): string => gate.keyOf(context)?.id ?? "";
  app.get("/v1/responses/:id", (context) =>
    serveKept(kept, context.req.param("id"), keeperOf(context)),
  );
  app.delete("/v1/responses/:id", (context) =>
    deleteKept(kept, context.req.param("id"), keeperOf(context)),
  );
  app.get("/v1/status", async () => {
    const session = await sessions.next();
    return Response.json((await session.status()).unknownFields());
  });
}
