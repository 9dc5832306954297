import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { toHex, utf8 } from "../bytes/index.ts";
import { CocoonError } from "../errors/index.ts";
import { tiers } from "../tier/index.ts";
import { nanotons } from "../units/index.ts";
import { flip, header, noFlags, nowMs, overwrite, ttlSeconds } from "./fixture.test.ts";
import { encodeRequestHeader, parseRequestHeader, type RequestHeader } from "./header.ts";
import {
  encodePublicPart,
  requestExpiresMs,
  hashPublicPart,
  readPublicHeader,
  requireFreshRequest,
} from "./public-part.ts";

const requestId = new Uint8Array(16).fill(0xa1);
const fields = {
  suite: 2,
  flags: noFlags,
  recipientCount: 1,
  requestId,
  createdMs: nowMs,
  ttlSeconds,
} as const;
const encodedHeader = encodeRequestHeader(header);
const good = encodePublicPart(fields, encodedHeader);
const malformed = { code: "sealed_malformed" };

test("parseRequestHeader() refuses every JSON but the canonical one of known fields", () => {
  const text = new TextDecoder().decode(encodedHeader);
  const wrong: readonly string[] = [
    "",
    "null",
    "[]",
    "{}",
    text.slice(0, -1),
    `${text} `,
    text.replace(",", ", "),
    text.replace('"feeBps":250', '"feeBps":250,"extra":1'),
    text.replace('"feeBps":250', '"feeBps":250,"feeBps":250'),
    text.replace('"feeBps":250', '"feeBps":10001'),
    text.replace('"feeBps":250', '"feeBps":2.5e2'),
    text.replace('"25000000"', '"025000000"'),
    text.replace('"25000000"', '"1000000000000001"'),
    text.replace("a4a4", "A4A4"),
    text.replace('"confidential"', '"secret"'),
    text.replace('"tokensMax":4096', '"tokensMax":0'),
    text.replace('"tokensMax":4096', '"tokensMax":4294967296'),
    text.replace('"networkId":-7239', '"networkId":2147483648'),
    text.replace('"networkId":-7239', '"networkId":"-7239"'),
    text.replace("0:c1", "1:c1"),
    text.replace('"sequence":7', '"sequence":-7'),
    text.replace('"sequence":7', `"sequence":7${" ".repeat(4_096)}`),
  ];
  for (const changed of wrong) {
    assert.notEqual(changed, text);
    assert.throws(() => parseRequestHeader(utf8(changed)), malformed, changed.slice(0, 80));
  }
  assert.throws(() => parseRequestHeader(Uint8Array.of(0x7b, 0xff, 0x7d)), malformed);
});

test("encodeRequestHeader() refuses a header that could not be parsed again", () => {
  assert.throws(() => encodeRequestHeader({ ...header, manifestHash: "A4" }), RangeError);
  assert.throws(() => encodeRequestHeader({ ...header, tokensMax: 0 }), RangeError);
});

test("parseRequestHeader() is the inverse of encodeRequestHeader()", () => {
  const hex = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => toHex(bytes));
  const price = fc.bigInt(0n, 10n ** 15n).map((amount) => nanotons(amount));
  const anyHeader: fc.Arbitrary<RequestHeader> = fc.record(
    {
      networkId: fc.integer(),
      manifestHash: hex,
      tier: fc.constantFrom(...tiers),
      tokensMax: fc.integer({ min: 1, max: 2 ** 32 - 1 }),
      promptPerMillion: price,
      completionPerMillion: price,
      feeBps: fc.integer({ min: 0, max: 10_000 }),
      channel: hex.map((account) => `0:${account}`),
      sequence: fc.maxSafeNat(),
      claimsHash: hex,
      alternates: fc.array(
        fc.record(
          { claimsHash: hex, promptPerMillion: price, completionPerMillion: price },
          { noNullPrototype: true },
        ),
        { maxLength: 3 },
      ),
    },
    { noNullPrototype: true },
  );
  fc.assert(
    fc.property(anyHeader, (value) => {
      assert.deepEqual(parseRequestHeader(encodeRequestHeader(value)), value);
    }),
    { numRuns: 50 },
  );
});

test("readPublicHeader() refuses what it does not know as sealed_malformed", () => {
  const wrong: readonly (readonly [string, Uint8Array])[] = [
    ["magic", flip(good, 0)],
    ["version 2", overwrite(good, 4, 2)],
    ["suite 0", overwrite(good, 5, 0)],
    ["suite 3", overwrite(good, 5, 3)],
    ["an unknown flag", overwrite(good, 6, 8)],
    ["a resumed request that keeps a session", overwrite(good, 6, 6)],
    ["two recipients and one's terms", overwrite(good, 7, 2)],
    ["no recipients", overwrite(good, 7, 0)],
    ["five recipients", overwrite(good, 7, 5)],
    ["created above 2^53", overwrite(good, 24, 0xff)],
    ["ttl of 0", overwrite(good, 32, 0, 0, 0, 0)],
    ["ttl of 601", overwrite(good, 32, 0, 0, 2, 0x59)],
    ["header above 4,096 bytes", overwrite(good, 36, 0x10, 0x01)],
    ["header of no bytes", overwrite(good, 36, 0, 0)],
    ["header cut short by its size", overwrite(good, 37, (good[37] ?? 0) - 1)],
    ["header that is not JSON", overwrite(good, 38, 0x20)],
  ];
  for (const [name, bytes] of wrong) {
    assert.throws(() => readPublicHeader(bytes), malformed, name);
  }
});

test("readPublicHeader() says sealed_truncated wherever the public part is cut", () => {
  for (let size = 0; size < good.length; size += 1) {
    assert.throws(() => readPublicHeader(good.subarray(0, size)), { code: "sealed_truncated" });
  }
});

test("readPublicHeader() gives the public part whatever follows it", () => {
  const wire = new Uint8Array([...good, 1, 2, 3]);
  const part = readPublicHeader(wire);
  assert.deepEqual(part, {
    ...fields,
    header,
    headerHash: hashPublicPart(good),
    sizeBytes: good.length,
  });
  wire.fill(0);
  assert.deepEqual(part.requestId, requestId);
});

test("readPublicHeader() lets nothing but CocoonError out, and no flipped bit leaves the hash alone", () => {
  const { headerHash } = readPublicHeader(good);
  fc.assert(
    fc.property(fc.nat(good.length - 1), fc.nat(7), (index, bit) => {
      const altered = overwrite(good, index, (good[index] ?? 0) ^ (1 << bit));
      try {
        assert.notDeepEqual(readPublicHeader(altered).headerHash, headerHash);
      } catch (error) {
        assert.ok(error instanceof CocoonError);
      }
    }),
    { numRuns: 300 },
  );
});

test("requireFreshRequest() refuses a request after its time to live, and from more than a minute ahead", () => {
  const code = "sealed_expired";
  assert.equal(requestExpiresMs(fields), nowMs + 120_000);
  assert.throws(() => requireFreshRequest(fields, nowMs + 120_001), { code });
  assert.throws(() => requireFreshRequest(fields, nowMs - 60_001), { code });
  requireFreshRequest(fields, nowMs + 120_000);
  requireFreshRequest(fields, nowMs - 60_000);
});
