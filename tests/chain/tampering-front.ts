// An HTTP front before a devnet that passes everything on, but for what it is told to lie about.

import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { TestContext } from "node:test";

/** What the front answers instead of the devnet's answer: a text, or a status alone. */
export type Lie = (path: string, request: string, answer: string) => string | number | undefined;

export type TamperingFront = {
  /** As the devnet's own. */
  readonly url: string;
  /** Paths of all requests. */
  readonly asked: string[];
  lie: Lie;
};

export async function startTamperingFront(
  context: TestContext,
  devnetUrl: string,
  lie: Lie = () => undefined,
): Promise<TamperingFront> {
  const asked: string[] = [];
  const front = { url: "", asked, lie };
  const answer = async (
    path: string,
    method: string,
    body: string,
    response: ServerResponse,
  ): Promise<void> => {
    const { status, text } = await passOn(devnetUrl, method, path, body);
    const told = front.lie(path, body, text);
    const isStatus = typeof told === "number";
    response.writeHead(isStatus ? told : status, { "content-type": "application/json" });
    response.end(isStatus ? "{}" : (told ?? text));
  };
  const server = createServer((request, response) => {
    const path = request.url ?? "/";
    asked.push(path);
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const body = Buffer.concat(chunks).toString();
      void answer(path, request.method ?? "GET", body, response);
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  context.after(() => {
    server.closeAllConnections();
    server.close();
  });
  // oxlint-disable-next-line no-unsafe-type-assertion -- listening on TCP
  const { port } = server.address() as AddressInfo;
  front.url = `http://127.0.0.1:${port}/api/v2/jsonRPC`;
  return front;
}

async function passOn(
  devnetUrl: string,
  method: string,
  path: string,
  body: string,
): Promise<{ readonly status: number; readonly text: string }> {
  const response = await fetch(new URL(path, devnetUrl), {
    method,
    headers: { "content-type": "application/json" },
    ...(method === "POST" && { body }),
  });
  return { status: response.status, text: await response.text() };
}
