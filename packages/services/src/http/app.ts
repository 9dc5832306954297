import { CocoonError, errorBody } from "@cocoon/protocol";
import { type Context, Hono } from "hono";
import { HTTPException } from "hono/http-exception";
import { errorFields, type Logger } from "../observe/index.ts";

export type HttpApp = Hono;
export type HttpContext = Context;

/** An app whose every failure, thrown anywhere, leaves as one OpenAI-shaped error with a code of the table. */
export function createApp(logger: Logger): HttpApp {
  const app = new Hono();
  app.onError((thrown) => {
    const error = refusalOf(thrown);
    const { status, body, headers } = errorBody(error);
    if (error.row.blame === "us")
      logger.error("request_failed", { ...errorFields(thrown), status });
    else logger.debug("request_refused", { code: error.code, status });
    return Response.json(body, { status, headers });
  });
  app.notFound(() => {
    throw new CocoonError("route_unknown");
  });
  return app;
}

function refusalOf(thrown: unknown): CocoonError {
  if (thrown instanceof CocoonError) return thrown;
  if (thrown instanceof HTTPException && thrown.status < 500) {
    return new CocoonError("request_malformed", { status: thrown.status });
  }
  return new CocoonError("internal", {}, { cause: thrown });
}
