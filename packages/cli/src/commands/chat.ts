// `cocoon chat`: one question, or a conversation.

import { createInterface } from "node:readline";
import { CocoonError, formatTon } from "@cocoon/protocol";
import { saveContent } from "../audit/content-file.ts";
import { assertWritable } from "../audit/owner-file.ts";
import { readSaving, saveProof } from "../audit/save.ts";
import type { Answered } from "../gateway/answer.ts";
import { GatewayClient, type Message } from "../gateway/client.ts";
import { costOf } from "../gateway/cost.ts";
import { gatewayUrl } from "../gateway/url.ts";
import type { Arguments, Run } from "../command.ts";
import { UsageError } from "../usage-error.ts";
import { printable, shorten, type Terminal } from "../terminal.ts";

type Conversation = {
  readonly url: string;
  readonly model: string;
  readonly tier: string | undefined;
  /** In TON. */
  readonly maxPrice: string | undefined;
  readonly terminal: Terminal;
  /** Whether the answer will be opened to others. */
  readonly wantsContent?: boolean;
};

export const chat: Run = async (given, terminal) => {
  const [prompt] = given.positionals;
  const saving = readSaving(given);
  const contentPath = given.text("save-content");
  if (contentPath !== undefined) assertWritable(contentPath);
  if (prompt === undefined && (saving ?? contentPath) !== undefined) {
    throw new UsageError("--save-proof and --save-content need PROMPT");
  }
  const conversation = await openConversation(given, terminal);
  if (prompt === undefined) return await converse(conversation);
  const interrupted = new AbortController();
  const interrupt = (): void => interrupted.abort();
  process.once("SIGINT", interrupt);
  try {
    const { signal } = interrupted;
    const wantsContent = contentPath !== undefined || (saving?.names.length ?? 0) > 0;
    const asking = { ...conversation, wantsContent };
    const answered = await answer(asking, [{ role: "user", content: prompt }], signal);
    if (contentPath !== undefined) keepContent(contentPath, answered, terminal);
    if (saving === undefined) return 0;
    const client = new GatewayClient(conversation.url, signal);
    const { cosigned, state } = await saveProof(saving, answered, { client, signal });
    const waits = cosigned === undefined ? "" : `: ${printable(cosigned)} witnesses cosigned`;
    terminal.note(`${terminal.style.dim(`proof in ${saving.path}, ${state}${waits}`)}\n`);
    return 0;
  } finally {
    process.off("SIGINT", interrupt);
  }
};

function keepContent(path: string, { receipt, content }: Answered, terminal: Terminal): void {
  if (content === undefined) {
    throw new CocoonError("peer_misbehaved", { reason: "the gateway gave no content" });
  }
  saveContent(path, receipt, content);
  terminal.note(`${terminal.style.dim(`content in ${path}`)}\n`);
}

async function openConversation(given: Arguments, terminal: Terminal): Promise<Conversation> {
  const url = gatewayUrl(given);
  const model = given.text("model") ?? (await new GatewayClient(url).models())[0];
  if (model === undefined) throw new CocoonError("model_unknown", { reason: "none is listed" });
  return { url, model, tier: given.text("tier"), maxPrice: given.text("max-price"), terminal };
}

/** Streams the answer, then says in one line what it was. Throws cancelled when the signal aborts. */
async function answer(
  { maxPrice, model, terminal, tier, url, wantsContent = false }: Conversation,
  messages: readonly Message[],
  signal: AbortSignal,
): Promise<Answered> {
  const client = new GatewayClient(url, signal);
  const onText = (text: string): void => terminal.write(printable(text));
  let answered: Answered;
  try {
    answered = await client.ask({ model, messages, tier, maxPrice, onText, wantsContent });
  } finally {
    terminal.write("\n");
  }
  const cost = await costOf(client, answered.receipt);
  const { notice } = answered;
  if (notice !== "") terminal.note(`${terminal.style.bad(printable(notice))}\n`);
  terminal.note(`${terminal.style.dim(summaryOf(answered, cost))}\n`);
  return answered;
}

function summaryOf({ receipt, tier, usage, worker }: Answered, cost: bigint): string {
  const tokens = `${usage?.promptTokens ?? 0} + ${usage?.completionTokens ?? 0} tokens`;
  return `${tokens}, ${formatTon(cost)} TON, worker ${shorten(worker)}, tier ${tier}, receipt ${receipt}`;
}

/** Ctrl-C cancels an answer under way; at the prompt it ends the conversation, as Ctrl-D does. */
async function converse(conversation: Conversation): Promise<number> {
  const { model, terminal, url } = conversation;
  const { note, style } = terminal;
  const lines = createInterface({ input: process.stdin, output: process.stderr, prompt: "> " });
  let answering: AbortController | undefined;
  lines.on("SIGINT", () => {
    if (answering === undefined) lines.close();
    else answering.abort();
  });
  note(style.dim(`${model} at ${url}; Ctrl-C cancels an answer, Ctrl-D ends\n`));
  const messages: Message[] = [];
  lines.prompt();
  for await (const line of lines) {
    const asked: Message = { role: "user", content: line };
    answering = new AbortController();
    const said =
      line.trim() === ""
        ? undefined
        : await answerOrSay(conversation, [...messages, asked], answering.signal);
    answering = undefined;
    if (said !== undefined) messages.push(asked, { role: "assistant", content: said.text });
    lines.prompt();
  }
  note("\n");
  return 0;
}

/** A refused or cancelled answer is no end of the conversation: it goes on as if it had not been asked. */
async function answerOrSay(
  conversation: Conversation,
  messages: readonly Message[],
  signal: AbortSignal,
): Promise<Answered | undefined> {
  const { note, style } = conversation.terminal;
  try {
    return await answer(conversation, messages, signal);
  } catch (error) {
    if (!(error instanceof CocoonError)) throw error;
    note(`${style.bad(error.code)}: ${error.message}\n`);
    return undefined;
  }
}
