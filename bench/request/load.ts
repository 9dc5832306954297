// Asks for completions, so many at a time, and times each.

import { Agent, request } from "node:http";

export type Target = {
  readonly port: number;
  readonly model: string;
  /** How many the mock engine shall send; 50 where nothing is said. */
  readonly chunks?: number;
  /** Asks for an answer in one piece of JSON, not for a stream. */
  readonly isWhole?: true;
  readonly headers?: Readonly<Record<string, string>>;
};

export type Round = {
  readonly elapsedMs: number;
  readonly latenciesMs: readonly number[];
};

/** Throws when an answer is not whole. */
export async function ask(target: Target, count: number, concurrency: number): Promise<Round> {
  // A server may close what was idle since the last turn.
  const agent = new Agent({ keepAlive: true });
  const latenciesMs: number[] = [];
  const startedMs = performance.now();
  let left = count;
  const askInTurn = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      const beforeMs = performance.now();
      await askOnce(target, agent);
      latenciesMs.push(performance.now() - beforeMs);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, askInTurn));
  const elapsedMs = performance.now() - startedMs;
  agent.destroy();
  return { elapsedMs, latenciesMs };
}

function askOnce(
  { port, model, isWhole, chunks = 50, ...target }: Target,
  agent: Agent,
): Promise<void> {
  const body = JSON.stringify({
    model,
    ...(isWhole === undefined && { stream: true, stream_options: { include_usage: true } }),
    max_tokens: 2 * chunks,
    messages: [{ role: "user", content: "Say fifty words." }],
  });
  const headers = {
    ...target.headers,
    "content-type": "application/json",
    "content-length": body.length,
  };
  const ending = isWhole === undefined ? "[DONE]" : '"finish_reason":"stop"';
  return new Promise((resolve, reject) => {
    const sent = request(
      { agent, port, host: "127.0.0.1", method: "POST", path: "/v1/chat/completions", headers },
      (response) => {
        let answer = "";
        response.setEncoding("utf8");
        response.on("data", (text: string) => (answer += text));
        response.once("error", reject);
        response.once("end", () => {
          if (response.statusCode === 200 && answer.includes(ending)) resolve();
          else reject(new Error(`${response.statusCode}: ${answer.slice(-400)}`));
        });
      },
    );
    sent.once("error", reject);
    sent.end(body);
  });
}
