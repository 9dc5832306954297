// The paths at which applications ask: the SDK answers; here is who may ask, how large, how often, and what is seen of it.

import { CocoonError } from "@cocoon/protocol";
import { type AskRoute, askRoutes, readAsked, requireJson, type Served } from "@cocoon/sdk";
import { type HttpApp, type HttpContext, readTextRequest } from "../http/index.ts";
import type { Gateway } from "./gateway.ts";

export function addAskRoutes(app: HttpApp, gateway: Gateway): void {
  for (const route of askRoutes) addAskRoute(app, gateway, route);
}

function addAskRoute(app: HttpApp, gateway: Gateway, route: AskRoute): void {
  const { path, refuse } = route;
  app.post(path, async (context) => {
    try {
      const traceparent = context.req.header("traceparent");
      const { response } = await gateway.observation.watch({ path, traceparent }, () =>
        answer(gateway, context, route),
      );
      return response;
    } catch (error) {
      if (refuse === undefined || !(error instanceof CocoonError)) throw error;
      return refuse(error);
    }
  });
}

async function answer(
  gateway: Gateway,
  context: HttpContext,
  { serve }: AskRoute,
): Promise<Served> {
  const { cocoon, config, gate, kept, replays } = gateway;
  const { headers, signal } = context.req.raw;
  requireJson(headers.get("content-type"));
  const apiKey = gate.keyOf(context);
  const text = await readTextRequest(context, config.bodyBytesMax);
  const asked = readAsked(headers, text, { signal, reference: apiKey?.id, kept });
  if (apiKey !== undefined) gate.admit(apiKey);
  const key = headers.get("idempotency-key");
  if (key === null) return await serve(cocoon, asked);
  const content = `${context.req.path}\n${text}`;
  return await replays.once({ key, owner: apiKey?.id ?? "", content }, () => serve(cocoon, asked));
}
