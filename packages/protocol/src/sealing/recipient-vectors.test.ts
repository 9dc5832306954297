// The workers' side and the strict class, from vectors/recipients.json alone.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fromHex, toHex } from "../bytes/index.ts";
import { createSigningKey } from "../primitives/index.ts";
import { openAnswer } from "./answer.ts";
import { encodeAnswerFrame, strictFrameBytes } from "./answer-frame.ts";
import { ExecutedRequests } from "./executed-requests.ts";
import { KeptSessions } from "./kept-sessions.ts";
import { Keyring } from "./keyring.ts";
import { openRequest } from "./opened-request.ts";

type RecipientVectors = {
  readonly nowMs: number;
  readonly identitySeed: string;
  readonly keySeeds: readonly string[];
  readonly body: string;
  readonly requests: readonly {
    readonly name: string;
    readonly recipient: number;
    readonly release: string | null;
    readonly after: string | null;
    readonly request: string;
    readonly error: string | null;
  }[];
  readonly strict: {
    readonly request: string;
    readonly answerHead: string;
    readonly answerChunks: readonly string[];
    readonly answerFrames: readonly string[];
  };
};
const file = new URL("../../../../vectors/recipients.json", import.meta.url);
// oxlint-disable-next-line no-unsafe-type-assertion -- our own file
const vectors = JSON.parse(readFileSync(file, "utf8")) as RecipientVectors;
const { nowMs } = vectors;
const bytesOf = (hex: string): Uint8Array => fromHex(hex) ?? new Uint8Array();

async function createKeyring(recipient: number): Promise<Keyring> {
  const identityKey = createSigningKey(bytesOf(vectors.identitySeed));
  const seed = bytesOf(vectors.keySeeds[recipient] ?? "");
  const keyring = new Keyring({ suite: 1, identityKey, random: () => seed });
  await keyring.current(nowMs);
  return keyring;
}

for (const { name, recipient, release, after, request, error } of vectors.requests) {
  test(`openRequest() judges the vector "${name}" as ${error ?? "good"}`, async () => {
    const keyring = await createKeyring(recipient);
    const at = { nowMs, executed: new ExecutedRequests(), sessions: new KeptSessions() };
    if (after !== null) await openRequest(bytesOf(after), keyring, at);
    const released = release === null ? {} : { release: bytesOf(release) };
    const opening = openRequest(bytesOf(request), keyring, { ...at, ...released });
    if (error === null) assert.equal(toHex((await opening).body), vectors.body);
    else await assert.rejects(opening, { code: error });
  });
}

test("openAnswer() opens the strict vector to frames of one size", async () => {
  const { strict } = vectors;
  const at = { nowMs, executed: new ExecutedRequests() };
  const opened = await openRequest(bytesOf(strict.request), await createKeyring(0), at);
  const opener = openAnswer({ ...opened, recipients: [opened] }, bytesOf(strict.answerHead));
  const frames = strict.answerChunks.map((chunk) => opener.open(bytesOf(chunk)).frame);
  opener.end();
  const encoded = frames.map((frame) => toHex(encodeAnswerFrame(frame, strictFrameBytes)));
  assert.deepEqual(encoded, strict.answerFrames);
  assert.deepEqual(new Set(encoded.map((frame) => frame.length)), new Set([2 * strictFrameBytes]));
});
