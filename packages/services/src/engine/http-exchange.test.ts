import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import { type AddressInfo, createServer as createTcpServer, type Server } from "node:net";
import { test, type TestContext } from "node:test";
import { exchange } from "./http-exchange.ts";

async function listen(t: TestContext, answer: RequestListener): Promise<string> {
  const server = createServer(answer);
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${await portOf(server)}/`;
}

async function portOf(server: Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  // oxlint-disable-next-line no-unsafe-type-assertion -- a listening TCP server's address
  return (server.address() as AddressInfo).port;
}

const never = new AbortController().signal;

async function textOf(body: AsyncIterable<Uint8Array> | null): Promise<string> {
  const pieces: Uint8Array[] = [];
  for await (const piece of body ?? []) pieces.push(piece);
  return Buffer.concat(pieces).toString();
}

test("exchange() asks on the connection of an answer that was read to its end, and sends what it is given", async (t) => {
  const ports: Array<number | undefined> = [];
  const url = await listen(t, (request, response) => {
    ports.push(request.socket.remotePort);
    response.writeHead(200, { "x-method": request.method, "x-key": request.headers["x-key"] });
    request.pipe(response);
  });
  for (const body of ["one", "zwei \u{1f600}", "three"]) {
    const headers = { "x-key": "k" };
    const answer = await exchange(url, { method: "POST", headers, body, signal: never });
    assert.deepEqual([answer.ok, answer.status], [true, 200]);
    assert.deepEqual([answer.headers.get("x-method"), answer.headers.get("x-key")], ["POST", "k"]);
    assert.equal(answer.headers.get("x-absent"), null);
    assert.equal(await textOf(answer.body), body);
  }
  assert.equal(new Set(ports).size, 1);
});

test("exchange() gives a redirect and a refusal as they are", async (t) => {
  const url = await listen(t, (request, response) => {
    response.writeHead(request.url === "/" ? 307 : 404, { location: "/other" }).end("text");
  });
  for (const [path, status] of [
    ["", 307],
    ["other", 404],
  ] as const) {
    const answer = await exchange(url + path, { signal: never });
    assert.deepEqual([answer.ok, answer.status], [false, status]);
    assert.equal(await textOf(answer.body), "text");
  }
});

test("exchange() rejects before an answer: nobody there, cut off, cancelled, cancelled before", async (t) => {
  await assert.rejects(exchange("http://127.0.0.1:1/", { signal: never }));
  const cutting = await listen(t, (request) => void request.socket.destroy());
  await assert.rejects(exchange(cutting, { signal: never }));
  const controller = new AbortController();
  const silent = await listen(t, () => controller.abort());
  await assert.rejects(exchange(silent, { signal: controller.signal }));
  await assert.rejects(exchange(silent, { signal: controller.signal }));
});

test("exchange() closes the connection of an answer that is left or cancelled before its end", async (t) => {
  const closings: Array<Promise<unknown>> = [];
  const url = await listen(t, (request, response) => {
    closings.push(once(request.socket, "close"));
    response.write("first");
  });
  for (const isCancelled of [false, true]) {
    const controller = new AbortController();
    const { body } = await exchange(url, { signal: controller.signal });
    const reading = (async () => {
      for await (const piece of body ?? []) {
        assert.equal(Buffer.from(piece).toString(), "first");
        if (!isCancelled) return;
        controller.abort();
      }
    })();
    await (isCancelled ? assert.rejects(reading) : reading);
  }
  assert.equal(closings.length, 2);
  await Promise.all(closings);
});

test("exchange() speaks TLS to an https URL, and to no server that it cannot trust", async (t) => {
  const heard: Buffer[] = [];
  const server = createTcpServer((socket) => {
    socket.once("data", (bytes: Buffer) => {
      heard.push(bytes);
      socket.destroy();
    });
  });
  t.after(() => server.close());
  const url = `https://127.0.0.1:${await portOf(server)}/`;
  await assert.rejects(exchange(url, { method: "POST", body: "prompt", signal: never }));
  // 22 is a handshake, of which a ClientHello is the first: RFC 8446 section 5.1.
  assert.equal(heard[0]?.[0], 22);
  assert.ok(!Buffer.concat(heard).includes("prompt"));
});
