import { CocoonError } from "@cocoon/protocol";
import assert from "node:assert/strict";
import { test } from "node:test";
import { createWitnessDesk } from "../receipts/index.ts";
import { createApi } from "./api.ts";

/** A client of a network that lists no model: what is refused here is refused before anybody is asked. */
const api = createApi({
  // oxlint-disable-next-line no-unsafe-type-assertion -- all that is asked of it
  cocoon: {
    models: () => Promise.resolve([]),
    chat: () => Promise.reject(new CocoonError("model_unknown", { param: "model" })),
  } as unknown as Parameters<typeof createApi>[0]["cocoon"],
  answers: { find: () => undefined, list: () => [] },
  network: { networkId: -7_239, root: `0:${"00".repeat(32)}` },
  tier: "dev",
  witnesses: createWitnessDesk(undefined, Date.now),
  session: () => undefined,
});

async function codeOf(path: string, init: RequestInit = {}): Promise<string> {
  const response = await api(new Request(`https://cocoon.invalid${path}`, init));
  return `${response.status} ${/"code":"(\w+)"/.exec(await response.text())?.[1]}`;
}

const post = (body: string, headers: Record<string, string> = {}): RequestInit => ({
  method: "POST",
  body,
  headers: { "content-type": "application/json", ...headers },
});

test("createApi() refuses what it does not serve, or can't read, in OpenAI's shape", async () => {
  assert.equal(await codeOf("/v1/nothing"), "404 route_unknown");
  assert.equal(await codeOf("/v1/chat/completions"), "404 route_unknown");
  assert.equal(await codeOf("/v1/models/x", { method: "DELETE" }), "404 route_unknown");
  assert.equal(await codeOf("/v1/models/%"), "404 model_unknown");
  assert.equal(await codeOf("/v1/receipts/%00"), "404 receipt_unknown");
  assert.equal(await codeOf("/v1/receipts?limit=0"), "400 request_malformed");
  const chat = "/v1/chat/completions";
  assert.equal(await codeOf(chat, post("{")), "400 request_malformed");
  assert.equal(await codeOf(chat, { method: "POST", body: "{}" }), "400 request_malformed");
  for (const name of ["tier", "privacy", "max-price", "worker"]) {
    const refused = await codeOf(chat, post("{}", { [`x-cocoon-${name}`]: "no" }));
    assert.match(refused, /^400 (?:tier_unknown|request_malformed)$/, name);
  }
  assert.equal(await codeOf(chat, post("{}")), "404 model_unknown");
});

test("createApi() words a refusal as the API does that was asked", async () => {
  const response = await api(new Request("https://cocoon.invalid/v1/messages", post("{")));
  assert.match(await response.text(), /^\{"type":"error","error":\{/);
});

test("createApi() lists models and receipts", async () => {
  for (const path of ["/v1/models", "/v1/receipts"]) {
    const response = await api(new Request(`https://cocoon.invalid${path}`));
    assert.deepEqual(await response.json(), { object: "list", data: [] });
  }
});
