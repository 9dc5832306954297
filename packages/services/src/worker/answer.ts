// The answer to one opened request: what the engine says, sealed as it comes, and a receipt at the end.

import {
  answerContent,
  type AnswerFrame,
  type AnswerSealer,
  commitContent,
  type ContentFields,
  createAnswer,
  encodeEvents,
  frameTokensMax,
  fromHex,
  type Nanotons,
  type OpenedRequest,
  primitives,
  requestContent,
  signReceipt,
  strictFrameTokensMax,
  type SigningKey,
  type Tier,
  toHex,
  tokenContent,
  type TokenKind,
  type Usage,
  workNanotons,
} from "@cocoon/protocol";
import type { Engine, EngineFinish } from "../engine/index.ts";
import type { Timers } from "@cocoon/sdk";
import { AnswerPump } from "./answer-pump.ts";
import { SteadyPump } from "./steady-pump.ts";
import type { Asked, Task } from "./task.ts";

export type AnswerModules = {
  readonly engine: Engine;
  readonly identityKey: SigningKey;
  /** At which this worker is attested. */
  readonly tier: Tier;
  readonly tickMs: number;
  readonly timers?: Timers;
  readonly now: () => number;
  /** Sends the head, then each chunk but the final one. */
  readonly send: (piece: Uint8Array) => Promise<void>;
  readonly signal: AbortSignal;
};

/** A finished answer: the receipt for the proxy, and the final chunk for the client. */
export type FinishedAnswer = {
  /** Signed. */
  readonly receipt: Uint8Array;
  /** What it earns. */
  readonly work: Nanotons;
  /** As the engine counted it. */
  readonly usage: Usage;
  readonly durationMs: number;
  readonly final: Uint8Array;
};

/** Runs a task and sends the answer up to, not including, its final chunk. Throws what the engine throws. */
export async function answerRequest(
  modules: AnswerModules,
  opened: OpenedRequest,
  { task, wantsTokenIds }: Asked,
): Promise<FinishedAnswer> {
  const startedAtMs = modules.now();
  const asked = requestContent(opened.body);
  const answer = createAnswer(opened);
  await modules.send(answer.head);
  const events: string[] = [];
  const run = { opened, task, wantsTokenIds, startedAtMs, events };
  const finish = await pumpEngine(modules, answer, run);
  return sealFinal(modules, answer, { opened, asked, finish, startedAtMs, events });
}

/** Far below what a proxy waits for a worker's next word. */
const coverMs = 10_000;

type Run = {
  readonly opened: OpenedRequest;
  readonly task: Task;
  readonly wantsTokenIds: boolean;
  readonly startedAtMs: number;
  /** Filled as the answer goes: what the receipt commits to. */
  readonly events: string[];
};

async function pumpEngine(
  modules: AnswerModules,
  answer: AnswerSealer,
  run: Run,
): Promise<EngineFinish> {
  const { opened, task, startedAtMs, events } = run;
  const { engine, signal } = modules;
  const pump = pumpOf(modules, answer, opened.flags.isStrict);
  const emit = (event: string): Promise<void> => {
    events.push(event);
    return pump.push(event);
  };
  const options = {
    requestId: toHex(opened.requestId),
    signal,
    tokensMax: opened.header.tokensMax,
    cacheScope: opened.header.channel,
  };
  try {
    const finish = await task({ engine, options, startedAtMs, emit });
    await pump.finish(run.wantsTokenIds ? finish : {});
    return finish;
  } finally {
    pump.stop();
  }
}

type TokenIds = Pick<EngineFinish, "promptTokenIds" | "answerTokenIds">;

type Pump = {
  readonly push: (event: string) => Promise<void>;
  /** Sends what is left, and the token ids behind it. */
  readonly finish: (tokenIds: TokenIds) => Promise<void>;
  readonly stop: () => void;
};

function pumpOf(
  { send, tickMs, timers }: AnswerModules,
  answer: AnswerSealer,
  isStrict: boolean,
): Pump {
  const sendFrame = (frame: AnswerFrame): Promise<void> => send(answer.seal(frame));
  const times = { tickMs, coverMs, ...(timers !== undefined && { timers }) };
  if (isStrict) {
    const steady = new SteadyPump(sendFrame, times);
    return {
      push: (event) => steady.push(event),
      finish: async (tokenIds) => {
        for (const frame of tokenFrames(tokenIds, strictFrameTokensMax)) steady.pushFrame(frame);
        await steady.finish();
      },
      stop: () => steady.stop(),
    };
  }
  const pump = new AnswerPump(
    (events) => sendFrame(events.length === 0 ? { kind: "cover" } : { kind: "event", events }),
    times,
  );
  return {
    push: (event) => pump.push(event),
    finish: async (tokenIds) => {
      await pump.finish();
      for (const frame of tokenFrames(tokenIds, frameTokensMax)) await sendFrame(frame);
    },
    stop: () => pump.stop(),
  };
}

/** Token ids as frames: as many as the engine tells, in as many frames as it takes. */
function tokenFrames(
  { promptTokenIds, answerTokenIds }: TokenIds,
  countMax: number,
): readonly AnswerFrame[] {
  const all: readonly (readonly [TokenKind, readonly number[] | undefined])[] = [
    ["prompt", promptTokenIds],
    ["answer", answerTokenIds],
  ];
  const frames: AnswerFrame[] = [];
  for (const [of, ids = []] of all) {
    for (let start = 0; start < ids.length; start += countMax) {
      frames.push({ kind: "tokens", of, ids: ids.slice(start, start + countMax) });
    }
  }
  return frames;
}

type Ending = Pick<Run, "opened" | "startedAtMs" | "events"> & {
  readonly finish: EngineFinish;
  /** Fields of the request. */
  readonly asked: ContentFields;
};

function sealFinal(modules: AnswerModules, answer: AnswerSealer, ending: Ending): FinishedAnswer {
  const { opened, asked, finish, startedAtMs, events } = ending;
  const { header, terms } = opened;
  const salt = primitives.randomBytes(32);
  const { commitment, digests } = commitContent(salt, {
    ...asked,
    ...answerContent(encodeEvents(events)),
    ...tokenContent({ prompt: finish.promptTokenIds, answer: finish.answerTokenIds }),
  });
  const finishedAtMs = Math.max(startedAtMs, modules.now());
  const receipt = signReceipt(modules.identityKey, {
    requestId: opened.requestId,
    headerHash: opened.headerHash,
    claimsHash: fromHex(terms.claimsHash) ?? new Uint8Array(),
    manifestHash: fromHex(header.manifestHash) ?? new Uint8Array(),
    channel: header.channel,
    sequence: header.sequence,
    tier: modules.tier,
    usage: finish.usage,
    terms,
    requestHash: opened.requestHash,
    answerHash: answer.answerHash(),
    chunkCount: answer.chunkCount,
    startedAtMs,
    finishedAtMs,
    finishReason: finish.reason,
    contentCommitment: commitment,
  });
  const final = answer.seal({
    kind: "final",
    receipt,
    salt,
    rest: { digests: digests.map(toHex) },
  });
  const { usage } = finish;
  const work = workNanotons(usage, terms);
  return { receipt, work, usage, durationMs: finishedAtMs - startedAtMs, final };
}
