import type { Answer } from "../chat/index.ts";

/** How far an answer has come, whatever it says. */
export type AnswerState = Pick<Answer<never>, "running" | "completed">;

/** An answer on its way to the application, and what it is made of. */
export type Served = {
  readonly response: Response;
  /** Complete when the response's body has come to its end, unless it failed. */
  readonly answers: readonly AnswerState[];
  /** Resolves when the body has come to its end, failed, or was left. */
  readonly ended: Promise<void>;
};
