// A proxy that plays with failover: each trick is refused with a code, and nothing is paid for it.

import {
  CocoonError,
  type Conversation,
  encodeFailed,
  encodeMessage,
  type ErrorCode,
  fromHex,
  toHex,
} from "@cocoon/protocol";
import assert from "node:assert/strict";
import { test } from "node:test";
import { type Answered, promiseOf, startRequest } from "../../testing/sealed-request.ts";

const failed = encodeFailed(new CocoonError("peer_unreachable"));

/** A request on its way, what is heard of its answer, and a way to let its first worker fail. */
async function rig() {
  const request = await startRequest();
  const { proxy, running } = request;
  const heard: string[] = [];
  const hear = async (mayBeginAnew = true): Promise<void> => {
    const teller = { mayBeginAnew, beginAnew: () => void heard.push("anew") };
    for await (const events of running.events(teller)) heard.push(...events);
  };
  const release = async (): Promise<Uint8Array> => {
    await proxy.send(failed);
    return await proxy.expect("release");
  };
  return { ...request, heard, hear, release };
}

type Rig = Awaited<ReturnType<typeof rig>>;

const say = async (
  proxy: Conversation,
  { head, chunks }: Pick<Answered, "head" | "chunks">,
): Promise<void> => {
  await proxy.say("answer", head);
  for (const chunk of chunks) await proxy.say("answer", chunk);
};
const finish = async (proxy: Conversation, answered: Answered): Promise<void> => {
  await proxy.say("promise", promiseOf(answered));
  await proxy.say("final", answered.final);
};

async function refuses(code: ErrorCode, trick: (rig: Rig) => Promise<void>): Promise<void> {
  const made = await rig();
  const hearing = assert.rejects(made.hear(), (error: CocoonError) => error.code === code);
  await trick(made);
  await hearing;
  assert.equal(made.purse.spent, 0n);
  assert.equal(made.running.completed, undefined);
}

test("FAILED, RELEASE, and the next worker's answer: it is paid once, at that worker's price, and named", async () => {
  const { workers, wire, proxy, running, purse, heard, hear, release } = await rig();
  const hearing = hear();
  await say(proxy, workers[0].answer(await workers[0].open(wire)));
  const answered = workers[1].answer(await workers[1].open(wire, await release()));
  await say(proxy, answered);
  await finish(proxy, answered);
  await proxy.expect("acknowledge");
  await hearing;
  assert.deepEqual(heard.slice(-2), ["anew", `{"from":"${workers[1].claimsHash}"}`]);
  assert.equal(running.worker.claimsHash, workers[1].claimsHash);
  assert.equal(
    toHex(running.completed?.receipt.claimsHash ?? new Uint8Array()),
    workers[1].claimsHash,
  );
  assert.deepEqual(
    running.opened,
    workers.map(({ claimsHash }) => claimsHash),
  );
  assert.equal(purse.spent, 2n);
});

test("an application that can't begin anew ends with the failure's code, and nothing is released", async () => {
  const { proxy, purse, hear } = await rig();
  const hearing = assert.rejects(hear(false), { code: "peer_unreachable" });
  await proxy.send(failed);
  await assert.rejects(proxy.expect("release"), { code: "peer_unreachable" });
  await hearing;
  assert.equal(purse.spent, 0n);
});

test("the answer of the worker that failed is none any more", () =>
  refuses("answer_mismatched", async ({ workers, wire, proxy, release }) => {
    const early = workers[0].answer(await workers[0].open(wire));
    await release();
    await proxy.say("answer", early.head);
  }));

test("an answer of a worker before its turn is none", () =>
  refuses("answer_mismatched", async ({ workers, proxy, wire }) => {
    await assert.rejects(workers[1].open(wire), { code: "recipient_unreleased" });
    const head = encodeMessage("answer", workers[0].answer(await workers[0].open(wire)).head);
    const { kid } = (await workers[1].recipient()).key;
    head.set(kid, 1 + 4 + 1 + 16);
    await proxy.send(head);
  }));

test("a piece of one worker's answer does not pass in the other's", () =>
  refuses("sealed_unopenable", async ({ workers, wire, proxy, release }) => {
    const early = workers[0].answer(await workers[0].open(wire));
    const late = workers[1].answer(await workers[1].open(wire, await release()));
    await say(proxy, { head: late.head, chunks: early.chunks });
  }));

test("the final chunk of one worker does not end the other's answer", () =>
  refuses("sealed_unopenable", async ({ workers, wire, proxy, release }) => {
    const early = workers[0].answer(await workers[0].open(wire));
    const late = workers[1].answer(await workers[1].open(wire, await release()));
    await say(proxy, late);
    await finish(proxy, early);
  }));

test("a promise for the receipt of one worker does not stand for the other's", () =>
  refuses("promise_invalid", async ({ workers, wire, proxy, release }) => {
    const early = workers[0].answer(await workers[0].open(wire));
    const late = workers[1].answer(await workers[1].open(wire, await release()));
    await say(proxy, late);
    await proxy.say("promise", promiseOf(early));
    await proxy.say("final", late.final);
  }));

test("a receipt that names another worker, or its price, is refused whoever sealed it", async () => {
  for (const field of ["claimsHash", "terms"] as const) {
    await refuses("receipt_mismatch", async ({ workers, wire, proxy, release }) => {
      const { terms } = await workers[0].open(wire);
      const other = { claimsHash: fromHex(terms.claimsHash) ?? new Uint8Array(), terms };
      const opened = await workers[1].open(wire, await release());
      const late = workers[1].answer(opened, { [field]: other[field] });
      await say(proxy, late);
      await finish(proxy, late);
    });
  }
});

test("FAILED that no failure of a worker is, with nobody left, or after a promise, is misbehaviour", async () => {
  await refuses("peer_misbehaved", ({ proxy }) =>
    proxy.send(encodeFailed(new CocoonError("request_malformed"))),
  );
  await refuses("peer_misbehaved", async ({ proxy, release }) => {
    await release();
    await proxy.send(failed);
  });
  await refuses("peer_misbehaved", async ({ workers, wire, proxy }) => {
    const answered = workers[0].answer(await workers[0].open(wire));
    await say(proxy, answered);
    await proxy.say("promise", promiseOf(answered));
    await proxy.send(failed);
  });
});
