// The opening side, from vectors/sealing.json alone.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fromHex, toHex } from "../bytes/index.ts";
import { createSigningKey } from "../primitives/index.ts";
import { openAnswer } from "./answer.ts";
import { encodeAnswerFrame } from "./answer-frame.ts";
import { ExecutedRequests } from "./executed-requests.ts";
import { encodeRequestHeader } from "./header.ts";
import { openKeyConfig } from "./key-config.ts";
import { Keyring } from "./keyring.ts";
import { openRequest } from "./opened-request.ts";
import type { SuiteId } from "./suite.ts";

type SuiteVector = {
  readonly suite: SuiteId;
  readonly keyConfig: string;
  readonly kid: string;
  readonly request: string;
  readonly requestId: string;
  readonly header: Readonly<Record<string, string | number>>;
  readonly headerHash: string;
  readonly requestHash: string;
  readonly body: string;
  readonly answerHead: string;
  readonly answerChunks: readonly string[];
  readonly answerFrames: readonly string[];
  readonly answerHash: string;
  readonly refused: readonly {
    readonly name: string;
    readonly request: string;
    readonly error: string;
  }[];
};
type SealingVectors = {
  readonly nowMs: number;
  readonly identitySeed: string;
  readonly identityKey: string;
  readonly keySeed: string;
  readonly suites: readonly SuiteVector[];
};
const file = new URL("../../../../vectors/sealing.json", import.meta.url);
// oxlint-disable-next-line no-unsafe-type-assertion -- our own file
const vectors = JSON.parse(readFileSync(file, "utf8")) as SealingVectors;
const { nowMs } = vectors;
const bytesOf = (hex: string): Uint8Array => fromHex(hex) ?? new Uint8Array();

async function createKeyring(suite: SuiteId) {
  const identityKey = createSigningKey(bytesOf(vectors.identitySeed));
  const keyring = new Keyring({ suite, identityKey, random: () => bytesOf(vectors.keySeed) });
  const { keyConfig } = await keyring.current(nowMs);
  return { keyring, keyConfig };
}

for (const vector of vectors.suites) {
  test(`openKeyConfig() opens the vector of suite ${vector.suite}, and its seed gives it again`, async () => {
    const { keyConfig } = await createKeyring(vector.suite);
    assert.equal(toHex(keyConfig), vector.keyConfig);
    const config = openKeyConfig(bytesOf(vector.keyConfig), bytesOf(vectors.identityKey), nowMs);
    assert.equal(toHex(config.kid), vector.kid);
  });

  test(`openRequest() and openAnswer() open the vector of suite ${vector.suite}`, async () => {
    const { keyring } = await createKeyring(vector.suite);
    const at = { nowMs, executed: new ExecutedRequests() };
    const opened = await openRequest(bytesOf(vector.request), keyring, at);
    assert.equal(toHex(opened.body), vector.body);
    assert.equal(toHex(opened.requestId), vector.requestId);
    assert.equal(toHex(opened.headerHash), vector.headerHash);
    assert.equal(toHex(opened.requestHash), vector.requestHash);
    const names = Object.entries(vector.header).toSorted(([a], [b]) => (a < b ? -1 : 1));
    const text = new TextDecoder().decode(encodeRequestHeader(opened.header));
    assert.equal(text, JSON.stringify(Object.fromEntries(names)));

    const pending = { ...opened, recipients: [opened] };
    const opener = openAnswer(pending, bytesOf(vector.answerHead));
    const frames = vector.answerChunks.map((chunk) => opener.open(bytesOf(chunk)).frame);
    opener.end();
    const encoded = frames.map((frame) => toHex(encodeAnswerFrame(frame, 256)));
    assert.deepEqual(encoded, vector.answerFrames);
    assert.equal(toHex(opener.answerHash()), vector.answerHash);
  });

  for (const { name, request, error } of vector.refused) {
    test(`openRequest() refuses the vector "${name}" as ${error}`, async () => {
      const { keyring } = await createKeyring(vector.suite);
      const at = { nowMs, executed: new ExecutedRequests() };
      await assert.rejects(openRequest(bytesOf(request), keyring, at), { code: error });
    });
  }
}
