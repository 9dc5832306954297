import assert from "node:assert/strict";
import { inspect } from "node:util";
import { test } from "node:test";
import { concatBytes, utf8 } from "../bytes/index.ts";
import { CocoonError, type ErrorCode } from "../errors/index.ts";
import { primitives } from "../primitives/index.ts";
import { ChunkSealer, takeChunk } from "./chunk.ts";
import { ExecutedRequests } from "./executed-requests.ts";
import {
  createWorker,
  flip,
  header,
  noFlags,
  nowMs,
  overwrite,
  sealTo,
  suites,
  ttlSeconds,
  type Worker,
} from "./fixture.test.ts";
import { encodeRequestHeader } from "./header.ts";
import { openRequest } from "./opened-request.ts";
import { pad } from "./padding.ts";
import { encodePublicPart, hashPublicPart, readPublicHeader } from "./public-part.ts";
import {
  bodyKeys,
  requestBodyBytesMax,
  type RequestToSeal,
  sealedRequestBytesMax,
  sealRequest,
} from "./request.ts";
import { encBytes, kidBytes, sealSlot, type SuiteId, wrappedKeyBytes } from "./suite.ts";

const slotBytes = (suite: SuiteId): number => kidBytes + encBytes(suite) + wrappedKeyBytes;

/** Padded to 200,704 bytes: three full chunks and a fourth. */
const longBody = new Uint8Array(200_000).fill(0x61);

async function open(worker: Worker, wire: Uint8Array, atMs: number = nowMs) {
  return await openRequest(wire, worker.keyring, { nowMs: atMs, executed: worker.executed });
}

function requestTo({ config }: Worker): RequestToSeal {
  return { recipients: [config], header, body: utf8("{}"), nowMs, ttlSeconds };
}

async function refuses(worker: Worker, wire: Uint8Array, code: ErrorCode, name: string = code) {
  await assert.rejects(
    open(worker, wire),
    (error) => {
      assert.ok(error instanceof CocoonError, name);
      assert.equal(error.code, code, name);
      if (code === "sealed_unopenable") assert.deepEqual(error.details, {}, "says nothing more");
      return true;
    },
    name,
  );
  assert.equal(worker.executed.count, 0, "a refused request is not marked as begun");
}

/** Public part and slots, then each body chunk. */
function split(wire: Uint8Array): { readonly front: Uint8Array; readonly chunks: Uint8Array[] } {
  const part = readPublicHeader(wire);
  const bodyOffset = part.sizeBytes + part.recipientCount * slotBytes(part.suite);
  const chunks: Uint8Array[] = [];
  let rest = wire.subarray(bodyOffset);
  while (rest.length > 0) {
    const chunk = takeChunk(rest);
    chunks.push(chunk);
    rest = rest.subarray(chunk.length);
  }
  return { front: wire.subarray(0, bodyOffset), chunks };
}

for (const suite of suites) {
  test(`openRequest() opens what sealRequest() sealed, once (suite ${suite})`, async () => {
    const worker = await createWorker(suite);
    const body = utf8('{"messages":[{"role":"user","content":"hello"}]}');
    const { wire, pending } = await sealTo([worker], body);
    const opened = await open(worker, wire);
    assert.deepEqual(opened.body, body);
    assert.deepEqual(opened.header, header);
    assert.equal(opened.createdMs, nowMs);
    for (const field of ["requestId", "headerHash", "requestHash"] as const) {
      assert.deepEqual(opened[field], pending[field], field);
    }
    assert.deepEqual(opened.requestHash, primitives.sha256(wire));
    await assert.rejects(open(worker, wire), { code: "sealed_replayed" });
  });

  test(`openRequest() refuses a tampered public part, slot or body (suite ${suite})`, async () => {
    const worker = await createWorker(suite);
    const { wire } = await sealTo([worker]);
    const { sizeBytes } = readPublicHeader(wire);
    const text = new TextDecoder().decode(wire.subarray(38, sizeBytes));
    const price = 38 + text.indexOf("25000000");
    const slotEnd = sizeBytes + slotBytes(suite);
    const unopenable: readonly (readonly [string, Uint8Array])[] = [
      ["another price in the header", overwrite(wire, price, 0x31)],
      ["another request id", flip(wire, 8)],
      ["another time of creation", flip(wire, 31)],
      ["another ttl", flip(wire, 35)],
      ["the encapsulated secret", flip(wire, sizeBytes + 8)],
      ["the end of the encapsulated secret", flip(wire, slotEnd - 49)],
      ["the wrapped key", flip(wire, slotEnd - 48)],
      ["the wrapped key's tag", flip(wire, slotEnd - 1)],
      ["the body", flip(wire, slotEnd + 3)],
      ["the body's tag", flip(wire, -1)],
      ["the final flag", overwrite(wire, slotEnd, (wire[slotEnd] ?? 0) & 0x7f)],
      ["an encapsulated secret of zeros", overwrite(wire, sizeBytes + 8, ...new Uint8Array(32))],
    ];
    for (const [name, bytes] of unopenable) {
      await refuses(worker, bytes, "sealed_unopenable", name);
    }
    await refuses(worker, flip(wire, sizeBytes), "recipient_unknown", "the kid");
    await refuses(worker, flip(wire, 38), "sealed_malformed", "a header that is not JSON");
  });
}

test("openRequest() refuses a request whose suite byte was altered", async () => {
  for (const suite of suites) {
    const worker = await createWorker(suite);
    const { wire } = await sealTo([worker], longBody);
    await refuses(worker, overwrite(wire, 5, suite === 1 ? 2 : 1), "sealed_unopenable");
    await refuses(worker, overwrite(wire, 5, 3), "sealed_malformed");
  }
});

test("openRequest() says sealed_truncated wherever a request is cut", async () => {
  const worker = await createWorker(1);
  const { wire } = await sealTo([worker], longBody);
  const { front, chunks } = split(wire);
  const second = front.length + (chunks[0]?.length ?? 0);
  const cuts = [0, 7, 37, front.length - 90, front.length - 1, front.length, front.length + 2];
  for (const size of [...cuts, second - 1, second, second + 1, wire.length - 1]) {
    await refuses(worker, wire.subarray(0, size), "sealed_truncated");
  }
});

test("openRequest() refuses dropped, repeated, reordered, relabelled and added chunks", async () => {
  const worker = await createWorker(1);
  const { wire } = await sealTo([worker], longBody);
  const other = await sealTo([worker], longBody);
  const { front, chunks } = split(wire);
  const [a, b, c, d] = chunks;
  const foreign = split(other.wire).chunks[1];
  assert.ok(a && b && c && d && foreign && chunks.length === 4);
  const relabelled = overwrite(b, 0, (b[0] ?? 0) | 0x80);
  const cases: readonly (readonly [string, readonly Uint8Array[], ErrorCode])[] = [
    ["the first dropped", [b, c, d], "sealed_unopenable"],
    ["one dropped", [a, c, d], "sealed_unopenable"],
    ["the last dropped", [a, b, c], "sealed_truncated"],
    ["one repeated", [a, b, b, c, d], "sealed_unopenable"],
    ["reordered", [a, c, b, d], "sealed_unopenable"],
    ["one of another request", [a, foreign, c, d], "sealed_unopenable"],
    ["one relabelled as final", [a, relabelled], "sealed_unopenable"],
    ["one after the final", [a, b, c, d, d], "sealed_trailing"],
    ["a byte after the final", [a, b, c, concatBytes(d, Uint8Array.of(0))], "sealed_trailing"],
  ];
  for (const [name, body, code] of cases) {
    await refuses(worker, concatBytes(front, ...body), code, name);
  }
  assert.deepEqual((await open(worker, wire)).body, longBody);
});

test("openRequest() refuses a request outside its time", async () => {
  const worker = await createWorker(1);
  const { wire } = await sealTo([worker]);
  await assert.rejects(open(worker, wire, nowMs + 120_001), { code: "sealed_expired" });
  await assert.rejects(open(worker, wire, nowMs - 60_001), { code: "sealed_expired" });
  assert.ok(await open(worker, wire, nowMs + 120_000));
});

test("openRequest() refuses a request for another worker, and one whose key has died", async () => {
  const [worker, stranger] = [await createWorker(1), await createWorker(1, 2)];
  const { wire } = await sealTo([worker]);
  await refuses(stranger, wire, "recipient_unknown");
  const lateMs = nowMs + 70 * 60_000;
  const late = await sealRequest({
    recipients: [worker.config],
    header,
    body: utf8("{}"),
    nowMs: lateMs,
    ttlSeconds,
  });
  await assert.rejects(open(worker, late.wire, lateMs), { code: "recipient_unknown" });
});

test("openRequest() refuses every request when the set of begun ones is full", async () => {
  const worker = await createWorker(1);
  const full = { ...worker, executed: new ExecutedRequests(1) };
  await open(full, (await sealTo([worker])).wire);
  await assert.rejects(open(full, (await sealTo([worker])).wire), { code: "queue_full" });
});

test("openRequest() lets one of two openings at once succeed", async () => {
  const worker = await createWorker(1);
  const { wire } = await sealTo([worker]);
  const results = await Promise.allSettled([open(worker, wire), open(worker, wire)]);
  const codes = results.map((result) => {
    if (result.status === "fulfilled") return "opened";
    return result.reason instanceof CocoonError ? result.reason.code : "not a CocoonError";
  });
  assert.deepEqual(codes.toSorted(), ["opened", "sealed_replayed"]);
});

test("openRequest() refuses bodies that are not padded and cut as they must be", async () => {
  const worker = await createWorker(1);
  const publicPart = encodePublicPart(
    {
      suite: 1,
      flags: noFlags,
      recipientCount: 1,
      requestId: new Uint8Array(16),
      createdMs: nowMs,
      ttlSeconds,
    },
    encodeRequestHeader(header),
  );
  const headerHash = hashPublicPart(publicPart);
  const contentKey = new Uint8Array(32).fill(3);
  const slot = sealSlot(worker.config, headerHash, contentKey);
  const sealBody = (...plaintexts: readonly Uint8Array[]): Uint8Array => {
    const sealer = new ChunkSealer(bodyKeys(contentKey, new Uint8Array(16)), headerHash);
    const chunks = plaintexts.map((plaintext, index) =>
      sealer.seal(plaintext, index === plaintexts.length - 1),
    );
    return concatBytes(publicPart, worker.config.kid, slot.enc, slot.wrappedKey, ...chunks);
  };
  const body = utf8("{}");
  const padded = pad(body, 512);
  const wrong: readonly (readonly [string, Uint8Array])[] = [
    ["padding that is not zeros", sealBody(flip(padded, -1))],
    ["no padding", sealBody(pad(body, 6))],
    ["padding to another size", sealBody(pad(body, 1_024))],
    ["a size above the body", sealBody(overwrite(padded, 0, 0, 0, 2, 0))],
    ["no body at all", sealBody(new Uint8Array())],
    ["a short chunk before the last", sealBody(padded.subarray(0, 256), padded.subarray(256))],
  ];
  for (const [name, wire] of wrong) await refuses(worker, wire, "sealed_malformed", name);
  assert.deepEqual((await open(worker, sealBody(padded))).body, body);
});

test("sealRequest() refuses no recipients, five, the same twice, two suites and a bad ttl", async () => {
  const [one, hybrid] = [await createWorker(1), await createWorker(2)];
  const many = await Promise.all([1, 2, 3, 4, 5].map((seed) => createWorker(1, seed)));
  const two = { ...requestTo(one), recipients: many.slice(0, 2).map(({ config }) => config) };
  await assert.rejects(sealRequest(two), RangeError, "terms of one recipient");
  for (const workers of [[], many, [one, one], [one, hybrid]]) {
    await assert.rejects(sealTo(workers), RangeError);
  }
  for (const ttl of [0, 601]) {
    await assert.rejects(sealRequest({ ...requestTo(one), ttlSeconds: ttl }), RangeError);
  }
});

test("sealRequest() refuses a public key of small order as key_config_malformed", async () => {
  for (const suite of suites) {
    const { config } = await createWorker(suite);
    const zeros = { ...config, publicKey: new Uint8Array(config.publicKey.length) };
    const request = { recipients: [zeros], header, body: utf8("{}"), nowMs, ttlSeconds };
    await assert.rejects(sealRequest(request), { code: "key_config_malformed" });
  }
});

test("sealRequest() and openRequest() hold to the largest body", async () => {
  const worker = await createWorker(1);
  const tooLarge = { code: "request_too_large" };
  await assert.rejects(sealTo([worker], new Uint8Array(requestBodyBytesMax + 1)), tooLarge);
  await assert.rejects(open(worker, new Uint8Array(sealedRequestBytesMax + 1)), tooLarge);
  const workers = await Promise.all([1, 2, 3, 4].map((seed) => createWorker(1, seed)));
  const { wire } = await sealTo(workers, new Uint8Array(requestBodyBytesMax));
  assert.ok(wire.length <= sealedRequestBytesMax);
  const [first] = workers;
  assert.ok(first !== undefined);
  assert.equal((await open(first, wire)).body.length, requestBodyBytesMax);
});

test("sealRequest() gives bodies of like size the same size on the wire, and never shows the body", async () => {
  const worker = await createWorker(1);
  const sizes = new Set<number>();
  for (const size of [0, 1, 100, 508]) {
    const body = new Uint8Array(size).fill(0x41);
    const { wire, pending } = await sealTo([worker], body);
    sizes.add(wire.length);
    assert.equal(new TextDecoder("latin1").decode(wire).includes("AAAAAAAA"), false);
    assert.doesNotMatch(inspect(pending.recipients, { showHidden: true, depth: 9 }), /secret/i);
  }
  assert.equal(sizes.size, 1);
});
