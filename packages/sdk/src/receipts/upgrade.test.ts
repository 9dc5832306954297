// What a proxy is asked about receipts, and what becomes of a proxy that is gone while it is asked.

import { CocoonError, type LogProof } from "@cocoon/protocol";
import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate } from "node:timers/promises";
import type { WaitingAnswer, WaitingState } from "./answer-book.ts";
import { upgradeReceipts } from "./upgrade.ts";

const log = { bond: `0:${"00".repeat(32)}`, publicKey: new Uint8Array(32) } as const;

function waitingAnswer(request: string, state: WaitingState): WaitingAnswer {
  return { request, state, receipt: new Uint8Array(), log };
}

/** Asks about these, with a proxy that answers so. Gives the requests that it was asked about. */
async function upgrade(
  waiting: readonly WaitingAnswer[],
  proof: (request: string) => Promise<LogProof | undefined>,
): Promise<readonly string[]> {
  const asked: string[] = [];
  await upgradeReceipts({
    answers: {
      waiting: (wanted) => waiting.filter(({ state }) => state === wanted),
      recordProof: () => Promise.reject(new RangeError("nothing was proven")),
    },
    session: {
      isOpen: true,
      log,
      proof: (request) => {
        asked.push(request);
        return proof(request);
      },
    },
    networkId: -239,
    witnesses: { suffice: () => true },
  });
  return asked;
}

test("upgradeReceipts() throws once when all its questions fail, and leaves none that nobody hears of", async () => {
  const waiting = [
    waitingAnswer("a", "included"),
    waitingAnswer("b", "signed"),
    waitingAnswer("c", "signed"),
  ];
  // The oldest that is included fails first, while the others still wait.
  const lost = async (request: string): Promise<undefined> => {
    if (request !== "a") await setImmediate();
    throw new CocoonError("peer_unreachable", { request });
  };
  await assert.rejects(upgrade(waiting, lost), { code: "peer_unreachable" });
  await setImmediate();
});

test("upgradeReceipts() asks about the oldest included one alone while that is not anchored", async () => {
  const waiting = [
    waitingAnswer("a", "included"),
    waitingAnswer("b", "included"),
    waitingAnswer("c", "signed"),
  ];
  const asked = await upgrade(waiting, () => Promise.resolve(undefined));
  assert.deepEqual(asked.toSorted(), ["a", "c"]);
});
