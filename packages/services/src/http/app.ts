import { CocoonError, errorBody } from "@cocoon/protocol";
import type { HttpBindings } from "@hono/node-server";
import { type Context, Hono } from "hono";
import { HTTPException } from "hono/http-exception";
import { errorFields, type Logger } from "../observe/index.ts";

/** What stands behind a request: Node's own, when it came over a socket. */
type Env = { readonly Bindings: Partial<HttpBindings> };
export type HttpApp = Hono<Env>;
export type HttpContext = Context<Env>;

/** Lets a page of any origin read what is answered: for apps all of whose answers are public. */
export const openToPages = { "access-control-allow-origin": "*" } as const;

/**
 * An app whose every failure, thrown anywhere, leaves as one OpenAI-shaped error with a code of the table. These headers
 * stand on every answer, on refusals too.
 */
export function createApp(
  logger: Logger,
  onEveryAnswer: Readonly<Record<string, string>> = {},
): HttpApp {
  const app: HttpApp = new Hono();
  app.use(async (context, next) => {
    await next();
    for (const [name, value] of Object.entries(onEveryAnswer)) context.res.headers.set(name, value);
  });
  app.onError((thrown) => {
    const error = refusalOf(thrown);
    const { status, body, headers } = errorBody(error);
    if (error.row.blame === "us")
      logger.error("request_failed", { ...errorFields(thrown), status });
    else logger.debug("request_refused", { code: error.code, status });
    return Response.json(body, { status, headers: { ...headers, ...onEveryAnswer } });
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
