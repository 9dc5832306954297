// The conversations of this page, and what is done with them. They leave this page sealed to a worker, and no other way.

import type { Tier } from "@cocoon/protocol";
import { createLive, type Shown } from "../live/index.ts";
import type { NetworkDescription } from "../network/index.ts";
import { failureOf, onReceiptProved, openSession } from "../session/index.ts";
import {
  type Answer,
  type AnswerProof,
  type Conversation,
  messagesOf,
  type TextFile,
  type Turn,
} from "./conversation.ts";

export type ChatState = {
  readonly conversations: readonly Conversation[];
  /** The one that is shown; undefined: one that was not begun. */
  readonly openId: string | undefined;
  readonly isBusy: boolean;
};

const state = createLive<ChatState>({ conversations: [], openId: undefined, isBusy: false });
let running: AbortController | undefined;

export const chatState: Shown<ChatState> = state;

function tell(news: Partial<ChatState>): void {
  state.write({ ...state.read(), ...news });
}

export function showConversation(openId: string | undefined): void {
  tell({ openId });
}

export function removeConversation(id: string): void {
  const { conversations, openId } = state.read();
  tell({
    conversations: conversations.filter((each) => each.id !== id),
    openId: openId === id ? undefined : openId,
  });
}

/** Puts conversations that were kept behind those that are there. */
export function addKept(kept: readonly Conversation[]): void {
  const { conversations } = state.read();
  const known = new Set(conversations.map(({ id }) => id));
  tell({ conversations: [...conversations, ...kept.filter(({ id }) => !known.has(id))] });
}

export type Wish = {
  readonly network: NetworkDescription;
  readonly model: string;
  readonly contextTokens: number;
  readonly tier: Tier;
};

/** Asks in the conversation that is open, or begins one. */
export async function askQuestion(
  wish: Wish,
  question: string,
  files: readonly TextFile[],
): Promise<void> {
  const { conversations, isBusy, openId } = state.read();
  if (isBusy) return;
  const turn = { id: crypto.randomUUID(), question, files, answer: waiting };
  const open = conversations.find(({ id }) => id === openId);
  const id = open?.id ?? crypto.randomUUID();
  const begun = open ?? { id, beganAtMs: Date.now(), turns: [] };
  const others = conversations.filter((each) => each.id !== id);
  const conversation = { ...begun, turns: [...begun.turns, turn] };
  tell({ conversations: [conversation, ...others], openId: id });
  await answerTurn(wish, conversation, turn);
}

/** Asks the last question of a conversation again; its answer before is gone. */
export async function askAgain(wish: Wish, { id }: Conversation): Promise<void> {
  const { conversations, isBusy } = state.read();
  const conversation = conversations.find((each) => each.id === id);
  const turn = conversation?.turns.at(-1);
  if (isBusy || conversation === undefined || turn === undefined) return;
  const anew = { ...turn, answer: waiting };
  const turns = [...conversation.turns.slice(0, -1), anew];
  change(turn.id, () => waiting);
  await answerTurn(wish, { ...conversation, turns }, anew);
}

export function stopAnswer(): void {
  running?.abort();
}

const waiting: Answer = { text: "", phase: "waiting" };

async function answerTurn(wish: Wish, { turns }: Conversation, { id }: Turn): Promise<void> {
  running = new AbortController();
  const { signal } = running;
  tell({ isBusy: true });
  try {
    const client = await openSession(wish.network);
    const { ask } = await import("./ask.ts");
    const messages = messagesOf(turns, wish.contextTokens);
    const onText = (piece: string): void =>
      change(id, ({ text }) => ({ text: text + piece, phase: "streaming" }));
    const { cost, receipt, tier } = await ask(client, { ...wish, messages, signal, onText });
    const proof = { receipt, tier, cost: cost.toString(), state: "signed" as const };
    change(id, ({ text }) => ({ text, phase: "done", proof }));
    await look(receipt);
  } catch (error) {
    change(id, ({ text }) =>
      signal.aborted
        ? { text, phase: "stopped" }
        : { text, phase: "failed", failure: failureOf(error) },
    );
  } finally {
    running = undefined;
    tell({ isBusy: false });
  }
}

onReceiptProved((receipt, reached) => {
  changeProof(receipt, { state: reached });
  void look(receipt);
});

/** Verifies a proof as far as it has come: what the badge shows is what this page found itself. */
async function look(receipt: string): Promise<void> {
  const { openProof } = await import("./proofs.ts");
  const opened = await openProof(receipt);
  if (opened === undefined) return;
  const { holds, state: reached } = opened.verdict;
  changeProof(receipt, { state: reached, verdict: holds ? "holds" : "fails" });
}

/** Writes down what somebody found who looked closer. */
export function recordVerdict(receipt: string, verdict: AnswerProof["verdict"]): void {
  if (verdict !== undefined) changeProof(receipt, { verdict });
}

function changeProof(receipt: string, found: Partial<AnswerProof>): void {
  changeAnswers((answer) => {
    if (answer.proof?.receipt !== receipt) return answer;
    return { ...answer, proof: { ...answer.proof, ...found } };
  });
}

function change(turnId: string, update: (answer: Answer) => Answer): void {
  changeAnswers((answer, id) => (id === turnId ? update(answer) : answer));
}

function changeAnswers(update: (answer: Answer, turnId: string) => Answer): void {
  const conversations = state.read().conversations.map((conversation) => {
    const turns = conversation.turns.map((turn) => {
      const answer = update(turn.answer, turn.id);
      return answer === turn.answer ? turn : { ...turn, answer };
    });
    const isSame = turns.every((turn, index) => turn === conversation.turns[index]);
    return isSame ? conversation : { ...conversation, turns };
  });
  tell({ conversations });
}
