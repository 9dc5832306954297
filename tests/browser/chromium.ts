// A headless Chromium that opens one page of a server on this machine, and is gone afterwards.

import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type IncomingMessage, type RequestListener, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";

export const chromiumPath = "/usr/bin/chromium";

/** Why there is no browser to test in, or false. */
export const noChromium: false | string = existsSync(chromiumPath)
  ? false
  : `no ${chromiumPath}: apt-get install chromium`;

/** It must not call its maker: no updates, no sync, no field trials; and a container has no sandbox to give. */
export const quiet: readonly string[] = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--disable-dev-shm-usage",
];

/**
 * Opens a page until `done` settles, then ends the browser and removes what it wrote; before that, `inspect` may look at
 * the folder of its profile.
 */
export async function withChromium<Value>(
  url: string,
  done: Promise<Value>,
  inspect: (profile: string) => void = () => undefined,
): Promise<Value> {
  const profile = await mkdtemp(join(tmpdir(), "cocoon-chromium-"));
  const child = spawn(chromiumPath, [...quiet, `--user-data-dir=${profile}`, url], {
    stdio: "ignore",
    detached: true,
  });
  const ended = new Promise<void>((resolve) => void child.once("exit", () => resolve()));
  try {
    const gone = ended.then(() => Promise.reject(new Error("Chromium ended by itself")));
    gone.catch(() => undefined);
    const value = await Promise.race([done, gone]);
    inspect(profile);
    return value;
  } finally {
    // The whole group: the browser has children of its own.
    if (child.exitCode === null && child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
    await ended;
    await rm(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** A server on this machine alone, with its port. */
export async function listenHere(
  listener: RequestListener,
): Promise<{ server: Server; port: number }> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("no port");
  return { server, port: address.port };
}

export async function readBody(request: IncomingMessage): Promise<string> {
  let body = "";
  for await (const chunk of request) body += String(chunk);
  return body;
}
