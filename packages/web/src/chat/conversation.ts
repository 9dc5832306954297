// What is talked about, as it is kept: data alone, so that it can be sealed and opened again.

import type { Tier } from "@cocoon/protocol";
import type { ReceiptState } from "@cocoon/sdk";

export type TextFile = { readonly name: string; readonly text: string };

export type Answer = {
  readonly text: string;
  readonly phase: "waiting" | "streaming" | "done" | "stopped" | "failed";
  /** Why it failed: a code of the error table, with its sentence. */
  readonly failure?: { readonly code: string; readonly message: string };
  /** Set when it is complete. */
  readonly proof?: AnswerProof;
};

export type AnswerProof = {
  /** Request id, hex: the receipt's name. */
  readonly receipt: string;
  readonly state: ReceiptState;
  readonly tier: Tier;
  /** Nanotons, decimal. */
  readonly cost: string;
  /** What this page found when it verified the proof itself; undefined while it has not. */
  readonly verdict?: "holds" | "fails";
};

export type Turn = {
  readonly id: string;
  readonly question: string;
  readonly files: readonly TextFile[];
  readonly answer: Answer;
};

export type Conversation = {
  readonly id: string;
  readonly beganAtMs: number;
  readonly turns: readonly Turn[];
};

const titleLengthMax = 60;

/** The first question, cut short. */
export function titleOf({ turns }: Conversation): string {
  const title = (turns[0]?.question ?? "").replaceAll(/\s+/g, " ").trim();
  return title.length > titleLengthMax ? `${title.slice(0, titleLengthMax - 1)}…` : title;
}

export type Message = { readonly role: "user" | "assistant"; readonly content: string };

/** A guess from below: models make a token of about four bytes. */
const bytesPerToken = 4;
/** Room that is left for the answer. */
const answerShare = 0.5;

export function estimateTokens(text: string): number {
  return Math.ceil(new TextEncoder().encode(text).length / bytesPerToken);
}

/** A question with its files, as it is sent. */
export function contentOf({ files, question }: Pick<Turn, "files" | "question">): string {
  const attached = files.map(({ name, text }) => `${name}:\n\n${text}`);
  return [...attached, question].join("\n\n");
}

/** The newest turns that leave room for an answer; the last is there in any case. */
export function messagesOf(turns: readonly Turn[], contextTokens: number): readonly Message[] {
  const kept: Message[] = [];
  let left = contextTokens * answerShare;
  for (const turn of turns.toReversed()) {
    const content = contentOf(turn);
    const { text } = turn.answer;
    left -= estimateTokens(content) + estimateTokens(text);
    if (left < 0 && kept.length > 0) break;
    if (text !== "") kept.unshift({ role: "assistant", content: text });
    kept.unshift({ role: "user", content });
  }
  return kept;
}
