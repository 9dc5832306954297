// Stands for node:test in a page: collects the tests, and runs them one after another.

type Body = () => unknown;
type Options = { readonly skip?: boolean | string };

/** What became of one test; the error is for people. */
export type Outcome = {
  readonly title: string;
  readonly outcome: "passed" | "failed" | "skipped";
  readonly error?: string;
};

const collected: { readonly title: string; readonly skip: boolean; readonly body: Body }[] = [];

export function test(title: string, ...rest: readonly (Options | Body)[]): void {
  const body = rest.find((part) => typeof part === "function");
  const options = rest.find((part) => typeof part !== "function");
  const skip = options?.skip !== undefined && options.skip !== false;
  collected.push({ title, skip, body: body ?? (() => undefined) });
}

export async function runCollected(): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const { title, skip, body } of collected) {
    outcomes.push(skip ? { title, outcome: "skipped" } : await run(title, body));
  }
  return outcomes;
}

async function run(title: string, body: Body): Promise<Outcome> {
  try {
    await body();
    return { title, outcome: "passed" };
  } catch (error) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { title, outcome: "failed", error: text };
  }
}

// A test measures its own work; a page has no clock of the processor, so elapsed time stands for it.
Object.defineProperty(globalThis, "process", {
  value: {
    env: {},
    cpuUsage(since?: { readonly user: number }) {
      return { user: performance.now() * 1_000 - (since?.user ?? 0), system: 0 };
    },
  },
});
