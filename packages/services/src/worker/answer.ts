// The answer to one opened request: what the engine says, sealed as it comes, and a receipt at the end.

import {
  answerContent,
  type AnswerSealer,
  type ChatRequest,
  ChunkWriter,
  CocoonError,
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
  type SigningKey,
  type Tier,
  toHex,
  tokenContent,
  type TokenKind,
  workNanotons,
} from "@cocoon/protocol";
import { chatDeltaOf, type Engine, type EngineFinish } from "../engine/index.ts";
import { AnswerPump } from "./answer-pump.ts";

export type AnswerModules = {
  readonly engine: Engine;
  readonly identityKey: SigningKey;
  /** At which this worker is attested. */
  readonly tier: Tier;
  readonly tickMs: number;
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
  readonly final: Uint8Array;
};

/** What is asked of the engine, and beside it. */
export type Asked = {
  readonly request: ChatRequest;
  /** Whether the client wants the token ids, to open them to somebody. */
  readonly wantsTokenIds: boolean;
};

/** Runs a request and sends the answer up to, not including, its final chunk. Throws what the engine throws. */
export async function answerRequest(
  modules: AnswerModules,
  opened: OpenedRequest,
  { request, wantsTokenIds }: Asked,
): Promise<FinishedAnswer> {
  const startedAtMs = modules.now();
  const asked = requestContent(opened.body);
  const answer = createAnswer(opened);
  await modules.send(answer.head);
  const events: string[] = [];
  const finish = await pumpEngine(modules, answer, { opened, request, startedAtMs, events });
  if (wantsTokenIds) await sendTokenIds(modules, answer, finish);
  return sealFinal(modules, answer, { opened, asked, finish, startedAtMs, events });
}

/** Far below what a proxy waits for a worker's next word. */
const coverMs = 10_000;

type Run = {
  readonly opened: OpenedRequest;
  readonly request: ChatRequest;
  readonly startedAtMs: number;
  /** Filled as the answer goes: what the receipt commits to. */
  readonly events: string[];
};

async function pumpEngine(
  modules: AnswerModules,
  answer: AnswerSealer,
  run: Run,
): Promise<EngineFinish> {
  const { opened, request, events } = run;
  const pump = new AnswerPump(
    (batch) =>
      modules.send(
        answer.seal(batch.length === 0 ? { kind: "cover" } : { kind: "event", events: batch }),
      ),
    { tickMs: modules.tickMs, coverMs },
  );
  const emit = (chunk: object): Promise<void> => {
    const event = JSON.stringify(chunk);
    events.push(event);
    return pump.push(event);
  };
  const requestId = toHex(opened.requestId);
  const writer = new ChunkWriter({
    id: `chatcmpl-${requestId}`,
    created: Math.floor(run.startedAtMs / 1_000),
    model: request.model,
  });
  try {
    await emit(writer.opening());
    for await (const event of modules.engine.run(request, {
      requestId,
      signal: modules.signal,
      tokensMax: opened.header.tokensMax,
      cacheScope: opened.header.channel,
    })) {
      if (event.type === "delta") {
        await emit(writer.delta(chatDeltaOf(event), event.logprobs));
        continue;
      }
      await emit(writer.finish(event.reason));
      await emit(writer.usage(event.usage));
      await pump.finish();
      return event;
    }
    throw new CocoonError("engine_failed", { reason: "no finish" });
  } finally {
    pump.stop();
  }
}

/** As many as the engine tells, in as many frames as it takes. */
async function sendTokenIds(
  { send }: AnswerModules,
  answer: AnswerSealer,
  { promptTokenIds, answerTokenIds }: EngineFinish,
): Promise<void> {
  const all: readonly (readonly [TokenKind, readonly number[] | undefined])[] = [
    ["prompt", promptTokenIds],
    ["answer", answerTokenIds],
  ];
  for (const [of, ids = []] of all) {
    for (let start = 0; start < ids.length; start += frameTokensMax) {
      await send(
        answer.seal({ kind: "tokens", of, ids: ids.slice(start, start + frameTokensMax) }),
      );
    }
  }
}

type Ending = Pick<Run, "opened" | "startedAtMs" | "events"> & {
  readonly finish: EngineFinish;
  /** Fields of the request. */
  readonly asked: ContentFields;
};

function sealFinal(modules: AnswerModules, answer: AnswerSealer, ending: Ending): FinishedAnswer {
  const { opened, asked, finish, startedAtMs, events } = ending;
  const { header } = opened;
  const salt = primitives.randomBytes(32);
  const { commitment, digests } = commitContent(salt, {
    ...asked,
    ...answerContent(encodeEvents(events)),
    ...tokenContent({ prompt: finish.promptTokenIds, answer: finish.answerTokenIds }),
  });
  const receipt = signReceipt(modules.identityKey, {
    requestId: opened.requestId,
    headerHash: opened.headerHash,
    claimsHash: fromHex(header.claimsHash) ?? new Uint8Array(),
    manifestHash: fromHex(header.manifestHash) ?? new Uint8Array(),
    channel: header.channel,
    sequence: header.sequence,
    tier: modules.tier,
    usage: finish.usage,
    terms: header,
    requestHash: opened.requestHash,
    answerHash: answer.answerHash(),
    chunkCount: answer.chunkCount,
    startedAtMs,
    finishedAtMs: Math.max(startedAtMs, modules.now()),
    finishReason: finish.reason,
    contentCommitment: commitment,
  });
  const final = answer.seal({
    kind: "final",
    receipt,
    salt,
    rest: { digests: digests.map(toHex) },
  });
  return { receipt, work: workNanotons(finish.usage, header), final };
}
