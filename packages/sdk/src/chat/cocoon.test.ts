import assert from "node:assert/strict";
import { test } from "node:test";
import { CocoonError, nanotons, type Tier } from "@cocoon/protocol";
import type { RootPolicy } from "../chain/index.ts";
import type { ProxySession, Wish } from "../session/index.ts";
import { createCocoon } from "./cocoon.ts";

const listing = {
  name: "m",
  contextTokens: 100,
  promptPerMillionMax: nanotons(1n),
  completionPerMillionMax: nanotons(1n),
};
const policy = { models: new Map([["ab".repeat(32), listing]]), pending: [] };

/** The tier that a worker is asked for, where the client's floor and the request's are these. */
async function tierAsked(floor: Tier | undefined, wanted: Tier | undefined): Promise<Tier> {
  const wishes: Wish[] = [];
  const session = {
    isOpen: true,
    ask: (wish: Wish) => {
      wishes.push(wish);
      return Promise.reject(new CocoonError("request_malformed"));
    },
  };
  const cocoon = createCocoon({
    // oxlint-disable-next-line no-unsafe-type-assertion -- what a chat uses of it
    session: () => Promise.resolve(session as unknown as ProxySession),
    // oxlint-disable-next-line no-unsafe-type-assertion -- what a chat uses of it
    policy: () => Promise.resolve(policy as unknown as RootPolicy),
    pause: () => Promise.resolve(),
    ...(floor !== undefined && { tier: floor }),
  });
  const body = { model: "m", messages: [{ role: "user", content: "hello" }] };
  const answer = await cocoon.chat(body, wanted === undefined ? {} : { tier: wanted });
  await assert.rejects(answer.completion(), { code: "request_malformed" });
  return wishes[0]?.tier ?? assert.fail("nothing was asked");
}

test("createCocoon() asks for confidential workers where nobody says another tier", async () => {
  assert.equal(await tierAsked(undefined, undefined), "confidential");
});

test("createCocoon() lets a request raise the tier, and never lower it", async () => {
  assert.equal(await tierAsked(undefined, "confidential-gpu"), "confidential-gpu");
  for (const lower of ["dev", "open"] as const) {
    assert.equal(await tierAsked(undefined, lower), "confidential");
  }
  assert.equal(await tierAsked("open", "dev"), "open");
  assert.equal(await tierAsked("dev", undefined), "dev");
  assert.equal(await tierAsked("dev", "open"), "open");
});
