// Honest applications: each asks again and again, and remembers what it was given.

import { request } from "node:http";
import type { Canaries } from "../watch/canary.ts";
import { answersTo } from "./backend.ts";

export type LoadOptions = {
  readonly port: number;
  readonly model: string;
  readonly canaries: Canaries;
  readonly callers: number;
};

/** An answer that came to its end. */
export type Acknowledged = {
  readonly receipt: string;
  readonly prompt: string;
  readonly tookMs: number;
};

/** When a request was under way: beside a fault or before the first answer since, or between faults, when all is well. */
export type Phase = "beside faults" | "between faults";

export type Tally = { answered: number; refused: number };

export type Tallies = Readonly<Record<Phase, Tally>>;

function noTallies(): Tallies {
  return {
    "beside faults": { answered: 0, refused: 0 },
    "between faults": { answered: 0, refused: 0 },
  };
}

type Under = { readonly beganMs: number; pieces: number; meetsFault: boolean };

const tokensMax = 32;
/** As an SDK of OpenAI pauses before its first try again. */
const pauseAfterRefusalMs = 500;
/** Nothing may leave an application without an answer or a refusal for so long. */
const silenceMaxMs = 180_000;

export class Load {
  acknowledged: Acknowledged[] = [];
  /** What is wrong with what the applications got. */
  faults: string[] = [];
  /** Refusals and broken connections, by what was said and when. */
  refusals = new Map<string, number>();
  tallies = noTallies();
  #phase: Phase = "between faults";
  #asked = 0;
  readonly #options: LoadOptions;
  readonly #under = new Set<Under>();
  #isOver = false;
  #callers: Promise<void>[] = [];

  constructor(options: LoadOptions) {
    this.#options = options;
  }

  /** From here on everything is counted from nothing. */
  start(): void {
    this.acknowledged = [];
    this.faults = [];
    this.refusals = new Map();
    this.tallies = noTallies();
    this.#isOver = false;
    this.#phase = "between faults";
    this.#callers = Array.from({ length: this.#options.callers }, () => this.#call());
  }

  /** Resolves when the last answer or refusal has come. */
  async stop(): Promise<void> {
    this.#isOver = true;
    await Promise.all(this.#callers);
  }

  get refused(): number {
    return Object.values(this.tallies).reduce((sum, { refused }) => sum + refused, 0);
  }

  /** What is under way when a fault comes has met it, however it ends. */
  enter(phase: Phase): void {
    this.#phase = phase;
    if (phase === "beside faults") for (const under of this.#under) under.meetsFault = true;
  }

  /** Streams of which something came, and the end did not. */
  get openStreams(): number {
    return [...this.#under].filter(({ pieces }) => pieces > 0).length;
  }

  get underWay(): number {
    return this.#under.size;
  }

  /** What an application sends, in ASCII. */
  bodyFor(prompt: string, streamed: boolean): string {
    return JSON.stringify({
      model: this.#options.model,
      stream: streamed,
      max_tokens: tokensMax,
      temperature: 0,
      messages: [{ role: "user", content: prompt }],
    });
  }

  async #call(): Promise<void> {
    while (!this.#isOver) {
      const under: Under = {
        beganMs: Date.now(),
        pieces: 0,
        meetsFault: this.#phase === "beside faults",
      };
      try {
        await this.#ask(under);
        this.tallies[phaseOf(under)].answered += 1;
      } catch (error) {
        const phase = phaseOf(under);
        this.tallies[phase].refused += 1;
        const what = `${phase}: ${error instanceof Error ? error.message : String(error)}`;
        this.refusals.set(what, (this.refusals.get(what) ?? 0) + 1);
        await new Promise((resolve) => {
          setTimeout(resolve, pauseAfterRefusalMs);
        });
      }
    }
  }

  async #ask(under: Under): Promise<void> {
    const { canaries } = this.#options;
    this.#asked += 1;
    const prompt = `${canaries.prompt} number ${this.#asked}`;
    const streamed = this.#asked % 3 !== 0;
    this.#under.add(under);
    try {
      const { receipt, text } = await this.#exchange(prompt, streamed, under);
      if (!answersTo(prompt, canaries.answer).includes(text)) {
        this.faults.push(
          `answer ${receipt} is not what the engine said: ${JSON.stringify(text.slice(0, 400))}`,
        );
      }
      this.acknowledged.push({ receipt, prompt, tookMs: Date.now() - under.beganMs });
    } finally {
      this.#under.delete(under);
    }
  }

  #exchange(
    prompt: string,
    streamed: boolean,
    under: Under,
  ): Promise<{ readonly receipt: string; readonly text: string }> {
    const { port } = this.#options;
    const body = this.bodyFor(prompt, streamed);
    return new Promise((resolve, reject) => {
      const sent = request(
        {
          host: "127.0.0.1",
          port,
          agent: false,
          method: "POST",
          path: "/v1/chat/completions",
          headers: { "content-type": "application/json" },
        },
        (response) => {
          let got = "";
          response.setEncoding("utf8");
          response.on("data", (piece: string) => {
            got += piece;
            under.pieces += 1;
          });
          response.once("error", reject);
          response.once("close", () => reject(new Error("connection broke")));
          response.once("end", () => {
            const text = streamed ? textOfStream(got) : textOfAnswer(got);
            const receipt = response.headers["x-cocoon-receipt"];
            if (response.statusCode !== 200 || text === undefined) {
              reject(new Error(`${response.statusCode}: ${codeIn(got)}`));
            } else {
              resolve({ receipt: String(receipt), text });
            }
          });
        },
      );
      sent.setTimeout(silenceMaxMs, () => {
        this.faults.push(`a request was left without a word for ${silenceMaxMs / 1_000} s`);
        sent.destroy(new Error("silence"));
      });
      sent.once("error", reject);
      sent.end(body);
    });
  }
}

function phaseOf({ meetsFault }: Under): Phase {
  return meetsFault ? "beside faults" : "between faults";
}

type Told = {
  readonly choices?: readonly {
    readonly delta?: { readonly content?: string };
    readonly message?: { readonly content?: string };
  }[];
};

/** Undefined for a stream that did not come to its end. */
function textOfStream(got: string): string | undefined {
  const events = got.split("\n\n").filter((event) => event.startsWith("data: "));
  if (events.pop() !== "data: [DONE]") return undefined;
  // oxlint-disable-next-line no-unsafe-type-assertion -- the gateway's own shape
  const told = events.map((event) => JSON.parse(event.slice(6)) as Told);
  return told.map(({ choices }) => choices?.[0]?.delta?.content ?? "").join("");
}

function textOfAnswer(got: string): string | undefined {
  try {
    // oxlint-disable-next-line no-unsafe-type-assertion -- the gateway's own shape
    return (JSON.parse(got) as Told).choices?.[0]?.message?.content;
  } catch {
    return undefined;
  }
}

function codeIn(got: string): string {
  return /"code":\s?"(\w+)"/.exec(got)?.[1] ?? "cut short";
}
