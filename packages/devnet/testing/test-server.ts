import { TonClient } from "@ton/ton";
import type { TestContext } from "node:test";
import type { Ledger, LedgerOptions } from "../src/ledger/index.ts";
import { serveToncenter } from "../src/toncenter/index.ts";
import { openTestLedger } from "./test-ledger.ts";

export type TestServer = {
  readonly ledger: Ledger;
  /** Without a slash at the end. */
  readonly origin: string;
  readonly url: string;
  readonly client: TonClient;
};

/** A chain in memory with its API, for the length of a test. */
export async function startTestServer(
  context: TestContext,
  options: Partial<LedgerOptions> = {},
): Promise<TestServer> {
  const ledger = await openTestLedger({ blockMs: 0, ...options });
  const server = await serveToncenter(ledger, {
    host: "127.0.0.1",
    port: 0,
    onFault: (error) => {
      throw error;
    },
  });
  context.after(async () => {
    await server.close();
    await ledger.close();
  });
  const origin = `http://127.0.0.1:${server.port}`;
  const url = `${origin}/api/v2/jsonRPC`;
  return { ledger, origin, url, client: new TonClient({ endpoint: url }) };
}
