import assert from "node:assert/strict";
import { test } from "node:test";
import { createLogger } from "../observe/index.ts";
import { createApp, type HttpApp } from "./app.ts";
import { refuseForeignPages } from "./foreign-pages.ts";

function appOn(host: string): HttpApp {
  const app = createApp(createLogger({ role: "test", level: "silent" }));
  refuseForeignPages(app, host);
  app.post("/spend", () => new Response("spent"));
  return app;
}

const statusOf = async (app: HttpApp, headers: Record<string, string>): Promise<number> => {
  const response = await app.request("/spend", { method: "POST", headers });
  return response.status;
};

test("refuseForeignPages() refuses pages of other origins, and names that are not this machine's", async () => {
  const app = appOn("127.0.0.1");
  const refused = [
    { host: "127.0.0.1:10000", origin: "https://evil.example" },
    { host: "127.0.0.1:10000", origin: "null" },
    { host: "127.0.0.1:10000", origin: "http://127.0.0.1:8080" },
    { host: "evil.example:10000" },
    { host: "" },
  ];
  for (const headers of refused)
    assert.equal(await statusOf(app, headers), 403, JSON.stringify(headers));
});

test("refuseForeignPages() lets applications and its own pages pass", async () => {
  const app = appOn("127.0.0.1");
  assert.equal(await statusOf(app, { host: "127.0.0.1:10000" }), 200);
  assert.equal(
    await statusOf(app, { host: "localhost:10000", origin: "http://localhost:10000" }),
    200,
  );
  assert.equal(await statusOf(appOn("0.0.0.0"), { host: "gateway.example" }), 200);
});
