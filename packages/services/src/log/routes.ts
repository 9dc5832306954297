// The log over HTTP: the folder's files, with what caches need to know.

import { CocoonError } from "@cocoon/protocol";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { HttpApp } from "../http/index.ts";

const tileFile = /^tile\/(?:entries|\d{1,2})\/(?:x\d{3}\/)*\d{3}(?:\.p\/\d{1,3})?$/;
/** A tile never changes once it is there. */
const forEver = "public, max-age=31536000, immutable";

/** Serves /checkpoint and /tile/... of a TileFolder. Anything else is route_unknown: no path leaves the folder. */
export function addLogRoutes(app: HttpApp, folder: string): void {
  app.get("/checkpoint", async () => {
    const note = await read(folder, "checkpoint");
    return respond(note, "text/plain; charset=utf-8", "no-cache");
  });
  app.get("/tile/*", async (context) => {
    const path = context.req.path.slice(1);
    if (!tileFile.test(path)) throw new CocoonError("route_unknown");
    return respond(await read(folder, path), "application/octet-stream", forEver);
  });
}

async function read(folder: string, path: string): Promise<Uint8Array> {
  try {
    return await readFile(join(folder, path));
  } catch {
    throw new CocoonError("route_unknown");
  }
}

function respond(content: Uint8Array, type: string, cacheControl: string): Response {
  return new Response(Uint8Array.from(content), {
    headers: {
      "content-type": type,
      "cache-control": cacheControl,
    },
  });
}
