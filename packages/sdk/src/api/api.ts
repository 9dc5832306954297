// OpenAI's API, and Anthropic's messages, as a function from a request to its response: no server, no socket.

import { CocoonError, errorBody } from "@cocoon/protocol";
import type { Cocoon } from "../chat/index.ts";
import { type AskRoute, readAsked } from "./ask-route.ts";
import { chatRoute } from "./chat-route.ts";
import { completionRoute } from "./completion-route.ts";
import { embeddingRoute } from "./embedding-route.ts";
import { deleteKept, type KeptResponses, serveKept } from "./kept-responses.ts";
import { messagesRoute } from "./messages-route.ts";
import { type ModelSource, serveModel, serveModels } from "./models.ts";
import { type ReceiptSource, serveReceipt, serveReceipts } from "./receipts.ts";
import { responsesRoute } from "./responses-route.ts";

/** Every path at which applications ask. */
export const askRoutes: readonly AskRoute[] = [
  chatRoute,
  completionRoute,
  embeddingRoute,
  messagesRoute,
  responsesRoute,
];

/** Gives each request its response; never throws. */
export type Api = (request: Request) => Promise<Response>;

export type ApiModules = ModelSource &
  ReceiptSource & {
    readonly cocoon: Cocoon;
    /** Where responses are kept that ask for it. Default: nowhere. */
    readonly kept?: KeptResponses | undefined;
  };

/** The API of one client that is alone with it: no keys, no budgets. */
export function createApi(modules: ApiModules): Api {
  const posts = new Map(askRoutes.map((route) => [route.path, route]));
  return async (request) => {
    const { pathname: path, searchParams } = new URL(request.url);
    const route = request.method === "POST" ? posts.get(path) : undefined;
    try {
      if (route !== undefined) return await ask(modules, route, request);
      if (request.method === "GET") return await read(modules, path, searchParams);
      const response = /^\/v1\/responses\/(.+)$/.exec(path)?.[1];
      if (request.method === "DELETE" && response !== undefined) {
        return deleteKept(modules.kept, response, "");
      }
      throw new CocoonError("route_unknown");
    } catch (error) {
      return (route?.refuse ?? refuse)(error);
    }
  };
}

async function ask(
  { cocoon, kept }: ApiModules,
  { serve }: AskRoute,
  request: Request,
): Promise<Response> {
  const { headers, signal } = request;
  const asked = readAsked(headers, await request.text(), { signal, kept });
  const { response } = await serve(cocoon, asked);
  return response;
}

async function read(modules: ApiModules, path: string, query: URLSearchParams): Promise<Response> {
  const [, list, id] = /^\/v1\/(models|receipts|responses)(?:\/(.+))?$/.exec(path) ?? [];
  if (list === "models") {
    return id === undefined ? await serveModels(modules) : await serveModel(modules, decoded(id));
  }
  if (list === "receipts") {
    return id === undefined
      ? await serveReceipts(modules, { limit: query.get("limit") ?? undefined })
      : await serveReceipt(modules, { id, state: query.get("state") ?? undefined });
  }
  if (list === "responses" && id !== undefined) return serveKept(modules.kept, id, "");
  throw new CocoonError("route_unknown");
}

/** What can't be decoded names nothing. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function refuse(error: unknown): Response {
  const { status, body, headers } = errorBody(error);
  return Response.json(body, { status, headers });
}
