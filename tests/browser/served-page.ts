// A page of one module, served from this machine: it asks its server, and says when it is done.

import { listenHere, readBody, withChromium } from "./chromium.ts";
import { bundlePage } from "./page-bundle.ts";

const html =
  '<!doctype html><meta charset="utf-8"><title>page</title><script type="module" src="/page.js"></script>';

export type ServedPage = {
  /** The module, a file of this folder. It ends with done(). */
  readonly module: string;
  /** What the page is answered when it asks for a path, as JSON. */
  readonly answers?: Readonly<Record<string, (body: string) => unknown>>;
  /** Looks at what the browser wrote, when the page is done. */
  readonly inspect?: (profile: string) => void;
};

/** Opens the page, and resolves with what it says when it is done. Whatever fails there fails here. */
export async function openPage<Told>({ module, answers = {}, inspect }: ServedPage): Promise<Told> {
  const script = await bundlePage(module);
  let tell: (told: Told) => void = () => undefined;
  let fail: (error: unknown) => void = () => undefined;
  const done = new Promise<Told>((resolve, reject) => {
    tell = resolve;
    fail = reject;
  });
  const answer = async (path: string, body: string): Promise<[type: string, text: string]> => {
    if (path === "/") return ["text/html", html];
    if (path === "/page.js") return ["text/javascript", script];
    // oxlint-disable-next-line no-unsafe-type-assertion -- our own page wrote it
    if (path === "/done") tell(JSON.parse(body) as Told);
    if (path === "/failed") fail(new Error(`in the page: ${body}`));
    return ["application/json", JSON.stringify((await answers[path]?.(body)) ?? null)];
  };
  const { server, port } = await listenHere((request, response) => {
    const serve = async (): Promise<void> => {
      const [type, text] = await answer(request.url ?? "", await readBody(request));
      response.setHeader("content-type", type).end(text);
    };
    serve().catch(fail);
  });
  try {
    return await withChromium(`http://127.0.0.1:${port}/`, done, inspect);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}
