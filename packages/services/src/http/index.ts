export { isLoopbackName, refuseForeignPages } from "./foreign-pages.ts";
export { createApp, type HttpApp, type HttpContext, openToPages } from "./app.ts";
export { readJsonRequest, readTextRequest } from "./body.ts";
export {
  type HttpServer,
  type HttpService,
  serveHttp,
  type ServeHttpOptions,
  serveHttpSockets,
  type Upgrades,
} from "./server.ts";
