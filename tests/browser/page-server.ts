// The page's end of served-page.ts.

/** Asks the server that the page came from. */
export async function askServer<Value>(path: string, body?: unknown): Promise<Value> {
  const method = body === undefined ? "GET" : "POST";
  const response = await fetch(path, { method, body: JSON.stringify(body) ?? null });
  // oxlint-disable-next-line no-unsafe-type-assertion -- our own test answers
  return (await response.json()) as Value;
}

/** Runs the page, and tells the server what came of it. */
export async function runPage(run: () => Promise<unknown>): Promise<void> {
  try {
    await askServer("/done", await run());
  } catch (error) {
    await askServer(
      "/failed",
      error instanceof Error ? `${error.stack} ${String(error.cause)}` : String(error),
    );
  }
}
