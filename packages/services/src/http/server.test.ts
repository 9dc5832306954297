import { CocoonError, errorTable } from "@cocoon/protocol";
import { Hono } from "hono";
import { HTTPException } from "hono/http-exception";
import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { test, type TestContext } from "node:test";
import { createLogger } from "../observe/index.ts";
import { createApp, type HttpApp, openToPages } from "./app.ts";
import { readJsonRequest } from "./body.ts";
import { type HttpServer, serveHttp } from "./server.ts";

type Running = { readonly server: HttpServer; readonly base: string; readonly log: string[] };

async function serve(context: TestContext, routes: (app: HttpApp) => void): Promise<Running> {
  const log: string[] = [];
  const destination = { write: (line: string) => void log.push(line) };
  const app = createApp(createLogger({ role: "gateway", level: "debug", destination }));
  routes(app);
  const server = await serveHttp(app, { host: "127.0.0.1", port: 0 });
  context.after(() => server.close(0));
  return { server, base: `http://127.0.0.1:${server.port}`, log };
}

async function codeOf(response: Response): Promise<string | undefined> {
  return /"code":"(\w+)"/.exec(await response.text())?.[1];
}

/** All that a server answers to these bytes before it closes. */
async function sayRaw(port: number, text: string): Promise<string> {
  const socket = connect({ host: "127.0.0.1", port });
  let heard = "";
  socket.on("data", (piece) => (heard += piece.toString("latin1")));
  socket.write(text);
  await once(socket, "close");
  return heard;
}

test("serveHttp() answers what is no HTTP, or too much of it, with one error in OpenAI's shape", async (context) => {
  const { server } = await serve(context, () => undefined);
  for (const [said, status, code] of [
    ["\x16\x03\x01 hello\r\n\r\n", 400, "request_malformed"],
    ["GET / HTTP/9.9\r\n\r\n", 400, "request_malformed"],
    [`GET / HTTP/1.1\r\nx: ${"y".repeat(40_000)}\r\n\r\n`, 413, "request_too_large"],
    ["POST / HTTP/1.1\r\nhost: h\r\ncontent-length: 1e9\r\n\r\n", 400, "request_malformed"],
    [
      "POST / HTTP/1.1\r\nhost: h\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
      400,
      "request_malformed",
    ],
    ["GET / HTTP/1.1\r\nconnection: close\r\nhost: a b\r\n\r\n", 400, "request_malformed"],
    ["GET / HTTP/1.0\r\n\r\n", 400, "request_malformed"],
  ] as const) {
    const heard = await sayRaw(server.port, said);
    assert.match(heard, new RegExp(`^HTTP/1.1 ${status} `), said.slice(0, 60));
    assert.match(heard, new RegExp(`"code":"${code}"`), said.slice(0, 60));
    assert.match(heard, /content-type: application\/json/i);
  }
});

test("a client that says everything before it listens still hears that it was too much", async (context) => {
  const { server } = await serve(context, (app) => {
    app.post("/", async (asked) => Response.json(await readJsonRequest(asked, 10)));
  });
  const [pieces, piece] = [100, Buffer.alloc(1_000_000, "a")];
  for (const [how, start, end] of [
    [`content-length: ${pieces * piece.length}`, "", ""],
    ["transfer-encoding: chunked", `${piece.length.toString(16)}\r\n`, "\r\n"],
  ] as const) {
    const socket = connect({ host: "127.0.0.1", port: server.port });
    socket.write(`POST / HTTP/1.1\r\nhost: h\r\n${how}\r\n\r\n`);
    for (let said = 0; said < pieces; said += 1) {
      socket.write(start);
      socket.write(piece);
      if (!socket.write(end)) await once(socket, "drain");
    }
    const heard = await new Promise((resolve) => socket.once("data", resolve));
    assert.match(String(heard), /^HTTP\/1.1 413 [^]*request_too_large/);
    socket.destroy();
  }
});

test("serveHttp() refuses a port that is taken", async (context) => {
  const { server } = await serve(context, () => undefined);
  await assert.rejects(serveHttp(new Hono(), { host: "127.0.0.1", port: server.port }), {
    code: "option_invalid",
  });
});

test("close() lets a request finish, and cuts one that does not", async (context) => {
  let finish: () => void = () => undefined;
  const finished = new Promise<void>((resolve) => (finish = resolve));
  const { server, base } = await serve(context, (app) => {
    app.get("/slow", async () => {
      await finished;
      return new Response("done");
    });
    app.get("/never", () => new Response(new ReadableStream()));
  });
  const slow = fetch(`${base}/slow`);
  const never = await fetch(`${base}/never`);
  const closing = server.close(50);
  finish();
  assert.equal(await (await slow).text(), "done");
  await closing;
  await assert.rejects(never.text());
});

test("createApp() turns whatever is thrown into one error, and says nothing of our own faults", async (context) => {
  const { base, log } = await serve(context, (app) => {
    app.get("/refusal", () => {
      throw new CocoonError("price_above_cap");
    });
    app.get("/hono", () => {
      throw new HTTPException(415, { message: "a secret" });
    });
    app.get("/bug", () => {
      throw new TypeError("a secret");
    });
  });
  const refusal = await fetch(`${base}/refusal`);
  assert.equal(refusal.status, errorTable.price_above_cap.status);
  assert.equal(refusal.headers.get("retry-after"), "5");
  assert.equal(await codeOf(refusal), "price_above_cap");
  assert.equal(await codeOf(await fetch(`${base}/hono`)), "request_malformed");
  const bug = await fetch(`${base}/bug`);
  assert.equal(bug.status, 500);
  const text = await bug.text();
  assert.match(text, /"code":"internal"/);
  assert.ok(!text.includes("secret") && !log.join("").includes("secret"));
  assert.match(log.join(""), /"errorName":"TypeError"/);
  assert.equal(await codeOf(await fetch(`${base}/nowhere`)), "route_unknown");
});

test("readJsonRequest() reads to the limit and not a byte further", async (context) => {
  const { base } = await serve(context, (app) => {
    app.post("/", async (asked) => Response.json(await readJsonRequest(asked, 10)));
  });
  const post = (body: RequestInit["body"]): Promise<Response> => {
    const chunked = { method: "POST", body: body ?? null, duplex: "half" };
    return fetch(base, chunked);
  };
  assert.equal(await (await post('"12345678"')).text(), '"12345678"');
  assert.equal(await codeOf(await post('"123456789"')), "request_too_large");
  assert.equal(await (await post(chunksOf('"123', "45678", '"'))).text(), '"12345678"');
  assert.equal(await codeOf(await post(chunksOf('"123', "45678", '"', " "))), "request_too_large");
  assert.equal(await codeOf(await post("")), "request_malformed");
  assert.equal(await codeOf(await post(Uint8Array.of(0x22, 0xff, 0x22))), "request_malformed");
});

function chunksOf(...texts: readonly string[]): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start: (controller) => {
      for (const text of texts) controller.enqueue(Buffer.from(text));
      controller.close();
    },
  });
}

test("readJsonRequest() takes a body that breaks off for a client that left, not for a fault", async (context) => {
  let tell: (error: unknown) => void = () => undefined;
  const reading = new Promise<unknown>((resolve) => (tell = resolve));
  const { server } = await serve(context, (app) => {
    app.post("/", async (asked) => {
      await readJsonRequest(asked, 100).catch(tell);
      return new Response();
    });
  });
  const socket = connect({ host: "127.0.0.1", port: server.port });
  socket.end("POST / HTTP/1.1\r\nhost: h\r\ncontent-length: 50\r\n\r\nhello");
  const error = await reading;
  assert.ok(error instanceof CocoonError);
  assert.equal(error.code, "cancelled");
  socket.destroy();
});

test("close() waits for nobody who says a request and then what is none", async (context) => {
  const { server } = await serve(context, (app) => {
    app.post("/", async (asked) => Response.json(await readJsonRequest(asked, 1_000)));
  });
  const heads = ["POST / HTTP/1.1", "host: h", "content-type: application/json"];
  const visits = Array.from({ length: 20 }, async (_, visit) => {
    const body = visit % 2 === 0 ? "null" : "[".repeat(500);
    const length = body.length + (visit % 3 === 0 ? 10 : 0);
    const socket = connect({ host: "127.0.0.1", port: server.port });
    socket.on("error", () => undefined);
    socket.write([...heads, `content-length: ${length}`, "", body].join("\r\n"));
    socket.write(Buffer.alloc(300, visit * 7));
    await Promise.race([once(socket, "data"), once(socket, "close")]);
    socket.destroy();
  });
  await Promise.all(visits);
  await server.close(0);
});

test("createApp() sets what stands on every answer on refusals and faults too", async () => {
  const app = createApp(createLogger({ role: "test", level: "silent" }), openToPages);
  app.get("/log", () => new Response("log"));
  app.get("/broken", () => {
    throw new RangeError("a bug");
  });
  for (const [path, status] of [
    ["/log", 200],
    ["/nowhere", 404],
    ["/broken", 500],
  ] as const) {
    const response = await app.request(path);
    assert.equal(response.status, status);
    assert.equal(response.headers.get("access-control-allow-origin"), "*", path);
  }
});
