// The three questions, at most, that somebody who has a terminal and gave no answer beforehand is asked.

import { formatTon, type Nanotons, parseTon } from "@cocoon/protocol";
import type { Terminal } from "../terminal.ts";

/** Which of several; the first where nobody is asked. */
export async function choose<Choice extends { readonly text: string }>(
  choices: readonly Choice[],
  what: string,
  terminal: Pick<Terminal, "ask" | "isInteractive" | "note">,
): Promise<Choice> {
  const [first] = choices;
  if (first === undefined) throw new RangeError("nothing to choose from");
  if (choices.length === 1 || !terminal.isInteractive) return first;
  choices.forEach(({ text }, index) => terminal.note(`  ${index + 1}  ${text}\n`));
  for (;;) {
    const answer = (await terminal.ask(`${what} [1]: `)).trim();
    const choice = choices[answer === "" ? 0 : Number(answer) - 1];
    if (choice !== undefined) return choice;
    terminal.note(`a number from 1 to ${choices.length}\n`);
  }
}

/** An amount in TON; the proposal where nothing is typed or nobody is asked. */
export async function askAmount(
  question: string,
  proposal: Nanotons,
  terminal: Pick<Terminal, "ask" | "isInteractive" | "note">,
): Promise<Nanotons> {
  if (!terminal.isInteractive) return proposal;
  for (;;) {
    const answer = (await terminal.ask(`${question} [${formatTon(proposal)}]: `)).trim();
    const amount = answer === "" ? proposal : parseTon(answer);
    if (amount !== undefined) return amount;
    terminal.note("an amount in TON, such as 0.25, with at most nine decimals\n");
  }
}
