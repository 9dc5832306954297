// What a client keeps in a browser, tried in one: IndexedDB and WebCrypto are the browser's own.

import { nanotons, primitives, type RawAddress, toHex } from "@cocoon/protocol";
import {
  IndexedAnswerBook,
  IndexedChannelBook,
  IndexedDatabase,
  openSessionKey,
  type PageClient,
  type StoredAnswer,
} from "@cocoon/sdk";
import assert from "node:assert/strict";
import type { Check } from "../clients/check.ts";

const message = new Uint8Array(32).fill(7);
const channel: RawAddress = `0:${"ab".repeat(32)}`;

/** WebCrypto as older browsers have it. */
const withoutEd25519: SubtleCrypto = new Proxy(crypto.subtle, {
  get: (subtle, name) => {
    if (name === "generateKey") {
      return (algorithm: AlgorithmIdentifier, ...rest: [boolean, KeyUsage[]]) => {
        if (algorithm === "Ed25519") throw new DOMException("no Ed25519", "NotSupportedError");
        return subtle.generateKey(algorithm, ...rest);
      };
    }
    const member: unknown = Reflect.get(subtle, name);
    if (typeof member !== "function") return member;
    const bound: unknown = member.bind(subtle);
    return bound;
  },
});

/** With a client's books, an answer of its own, and a database that is empty. */
export function storageChecks(
  client: PageClient,
  answer: StoredAnswer,
  database: IndexedDatabase,
): readonly Check[] {
  const book = new IndexedAnswerBook(database, client.policy);
  const numbered = (number: number): StoredAnswer => {
    const request = number.toString(16).padStart(32, "0");
    return { ...answer, request, channel, acceptedAtMs: 1_000 + number };
  };
  return [
    ...keyChecks(database),
    [
      "sequences: none is handed out twice, whoever asks",
      async () => {
        const other = new IndexedAnswerBook(database, client.policy);
        const asked = [book, other, book, other].map((one) => one.reserveSequences(channel, 4));
        const firsts = (await Promise.all(asked)).toSorted((left, right) => left - right);
        assert.deepEqual(firsts, [0, 4, 8, 12]);
      },
    ],
    [
      "answers: paid once, found by either id, listed newest first",
      async () => {
        const announced = { ...numbered(2), announcedAs: "f".repeat(32) };
        for (const one of [numbered(1), announced, numbered(1)]) await book.accept(one);
        assert.equal(await book.spent(channel), nanotons(2n * answer.amount));
        const found = await book.find("f".repeat(32));
        assert.equal(found?.request, announced.request);
        assert.deepEqual(found?.bundle, answer.bundle);
        const listed = await book.list(10);
        assert.deepEqual(
          listed.map(({ request }) => request),
          [announced.request, numbered(1).request],
        );
        assert.equal((await book.list(1)).length, 1);
      },
    ],
    [
      "answers: what was given up is not accepted any more, what is there stays",
      async () => {
        const requests = [numbered(1).request, numbered(3).request];
        assert.deepEqual(await book.reconcile(requests), [numbered(1).request]);
        await assert.rejects(book.accept(numbered(3)), { code: "peer_unreachable" });
        assert.equal(await book.find(numbered(3).request), undefined);
        assert.equal(await book.spent(channel), nanotons(2n * answer.amount));
      },
    ],
    [
      "proofs: those that wait, of one log, the oldest first",
      async () => {
        const waiting = async (state: "signed" | "included"): Promise<string[]> =>
          (await book.waiting(state, answer.log, 10)).map(({ request }) => request);
        assert.deepEqual(await waiting("signed"), [numbered(1).request, numbered(2).request]);
        await book.recordProof(numbered(1).request, "included", "{}");
        assert.deepEqual(await waiting("included"), [numbered(1).request]);
        await book.recordProof(numbered(1).request, "anchored", "{}");
        assert.deepEqual(await waiting("included"), []);
        assert.equal((await book.find(numbered(1).request))?.state, "anchored");
        assert.deepEqual(await book.waiting("signed", { bond: channel }, 10), []);
      },
    ],
    ["channels: each session key has its own", () => showChannels(database)],
  ];
}

async function showChannels(database: IndexedDatabase): Promise<void> {
  const mine = new IndexedChannelBook(database, "aa", Date.now);
  const other = new IndexedChannelBook(database, "bb", Date.now);
  const payee: RawAddress = `0:${"cd".repeat(32)}`;
  const opened = {
    address: payee,
    payee,
    closeTimeoutSeconds: 60,
    salt: 2n ** 61n,
    deposit: nanotons(5n),
  };
  await mine.intend(opened);
  assert.deepEqual((await mine.findByPayee(payee))?.phase, "opening");
  assert.equal(await other.findByPayee(payee), undefined);
  await mine.recordChain(payee, "closed", nanotons(7n));
  assert.equal(await mine.findByPayee(payee), undefined);
  const [known] = await mine.list();
  assert.deepEqual([known?.deposit, known?.salt], [7n, 2n ** 61n]);
}

function keyChecks(database: IndexedDatabase): readonly Check[] {
  const signs = async (key: Awaited<ReturnType<typeof openSessionKey>>): Promise<void> => {
    const signature = await key.sign(message);
    assert.ok(primitives.ed25519Verify(key.publicKey, message, signature));
  };
  return [
    [
      "key: signs, stays the same, and no script can read it",
      async () => {
        const key = await openSessionKey(database, "one");
        assert.equal(key.custody, "browser");
        await signs(key);
        const again = await openSessionKey(database, "one");
        assert.equal(toHex(again.publicKey), toHex(key.publicKey));
        await signs(again);
        const secret = await database.read(["keys"], async (transaction) => {
          const request = transaction.objectStore("keys").get("one");
          await new Promise((resolve) => request.addEventListener("success", resolve));
          // oxlint-disable-next-line no-unsafe-type-assertion -- what the database holds
          return (request.result as { readonly secret: CryptoKey }).secret;
        });
        assert.equal(secret.extractable, false);
        await assert.rejects(crypto.subtle.exportKey("pkcs8", secret), {
          name: "InvalidAccessError",
        });
      },
    ],
    [
      "key: in a browser without Ed25519",
      async () => {
        const key = await openSessionKey(database, "two", withoutEd25519);
        assert.equal(key.custody, "page");
        await signs(key);
        const again = await openSessionKey(database, "two", withoutEd25519);
        assert.equal(toHex(again.publicKey), toHex(key.publicKey));
        await signs(again);
      },
    ],
  ];
}
