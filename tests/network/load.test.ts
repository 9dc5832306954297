// Many chat completions, 16 at a time: what they cost, on every book and on chain; and that nobody in between read one.
// LOAD_REQUESTS=200 for more of them.

import { simulatedProfile } from "@cocoon/devnet";
import { primitives, toHex } from "@cocoon/protocol";
import { type ChainClient, parseProofFile, readChannel, verifyProofFile } from "@cocoon/sdk";
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, suite, test } from "node:test";
import OpenAI from "openai";
import { createNetwork, modelName, type Network, settleEagerly, waitFor } from "./harness.ts";
import { filesUnder, type Recording, recordConnections } from "./recording.ts";

const requestCount = Number(process.env["LOAD_REQUESTS"] ?? "80");
const concurrency = 16;

type ReceiptSummary = {
  readonly id: string;
  readonly state: string;
  readonly amountNanotons: string;
};
type ChannelSummary = {
  readonly address: string;
  readonly spentNanotons: string;
  readonly voucheredNanotons: string;
};

suite(`${requestCount} completions, 16 at a time`, () => {
  const canary = `canary${toHex(primitives.randomBytes(6))}`;
  const answers: string[] = [];
  const receiptIds: string[] = [];
  let network: Network;
  let base: string;
  let recording: Recording;

  const get = async <Body>(path: string): Promise<Body> => {
    const response = await fetch(`${base}${path}`);
    // oxlint-disable-next-line no-unsafe-type-assertion -- the gateway's own shape, asserted below
    return (await response.json()) as Body;
  };

  before(async () => {
    recording = recordConnections();
    network = await createNetwork();
    await network.startProxy({ settle: settleEagerly });
    await network.startWorker("worker-1", { changes: { settle: settleEagerly } });
    await network.startWorker("worker-2", { changes: { settle: settleEagerly } });
    const { port } = await network.startGateway();
    base = `http://127.0.0.1:${port}`;
    const openai = new OpenAI({ baseURL: `${base}/v1`, apiKey: "none", maxRetries: 0 });
    let next = 0;
    const ask = async (): Promise<void> => {
      while (next < requestCount) {
        next += 1;
        const { data, response } = await openai.chat.completions
          .create({
            model: modelName,
            messages: [{ role: "user", content: `Repeat after me: ${canary} number ${next}` }],
            max_tokens: 24,
            stream: true,
          })
          .withResponse();
        let text = "";
        for await (const chunk of data) text += chunk.choices[0]?.delta.content ?? "";
        answers.push(text);
        receiptIds.push(response.headers.get("x-cocoon-receipt") ?? "");
      }
    };
    await Promise.all(Array.from({ length: concurrency }, ask));
  });
  after(async () => {
    recording.stop();
    await network.stop();
  });

  test("give as many answers, each with a receipt of its own", async () => {
    assert.equal(answers.length, requestCount);
    assert.equal(new Set(receiptIds).size, requestCount);
    const { data } = await get<{ data: ReceiptSummary[] }>("/v1/receipts?limit=1000");
    assert.deepEqual(data.map(({ id }) => id).toSorted(), receiptIds.toSorted());
  });

  test("get every receipt anchored without anybody asking", async () => {
    await waitFor("all receipts are anchored", async () => {
      const { data } = await get<{ data: ReceiptSummary[] }>("/v1/receipts?limit=1000");
      return data.every(({ state }) => state === "anchored");
    });
  });

  test("have proofs that hold, and the newest holds on chain too", async () => {
    const verify = async (id: string, chain?: ChainClient): Promise<string> => {
      const file = parseProofFile(await (await fetch(`${base}/v1/receipts/${id}`)).text());
      const { holds, state } = await verifyProofFile(file, {
        profiles: [simulatedProfile],
        nowMs: Date.now(),
        ...(chain !== undefined && { chain }),
      });
      return holds ? state : "does not hold";
    };
    for (const id of receiptIds) assert.equal(await verify(id), "anchored", id);
    assert.equal(await verify(receiptIds.at(-1) ?? "", network.chain), "anchored");
  });

  test("cost the same in receipts, vouchers, both ledgers and on chain, to the nanoton", async () => {
    const { data: receipts } = await get<{ data: ReceiptSummary[] }>("/v1/receipts?limit=1000");
    const total = receipts.reduce((sum, { amountNanotons }) => sum + BigInt(amountNanotons), 0n);
    assert.ok(total > 0n);
    const channel = await waitFor("the voucher covers everything", async () => {
      const { data } = await get<{ data: ChannelSummary[] }>("/v1/channels");
      return data.find(({ voucheredNanotons }) => BigInt(voucheredNanotons) === total);
    });
    assert.equal(BigInt(channel.spentNanotons), total);
    const books = await waitFor("nothing is pending", () => {
      const [row] = network.books("proxy", "incoming_channels");
      return row?.["pending"] === 0n && row;
    });
    assert.deepEqual([books["posted"], books["vouchered"], books["released"]], [total, total, 0n]);
    await waitFor("the proxy has settled", async () => {
      const state = await readChannel(network.chain, channel.address);
      return state?.claimed === total;
    });
  });

  test("pay the workers what their receipts say, on chain too", async () => {
    const [charged] = network.books("proxy", "incoming_channels");
    const owed = network.books("proxy", "outgoing_channels");
    const work = owed.reduce((sum, row) => sum + BigInt(row["owed"] ?? 0n), 0n);
    assert.ok(work > 0n && work < BigInt(charged?.["posted"] ?? 0n), "the fee is on top");
    for (const row of owed) {
      await waitFor("the worker has settled", async () => {
        const state = await readChannel(network.chain, String(row["address"]));
        return state?.claimed === row["owed"];
      });
    }
    await waitFor("the workers' books say the same", () => {
      const earned = ["worker-1", "worker-2"].flatMap((role) =>
        network.books(role, "incoming_channels"),
      );
      return earned.reduce((sum, row) => sum + BigInt(row["posted"] ?? 0n), 0n) === work;
    });
  });

  test("leave no prompt and no answer on the wire, in a file or in a log", () => {
    const secrets = [canary, ...answers.filter((answer) => answer.length >= 16)];
    assert.ok(secrets.length > 1);
    const places = new Map<string, Buffer>([
      ["the wire", Buffer.concat(recording.pieces)],
      ["the logs", Buffer.from(network.log.join("\n"))],
      ...filesUnder(network.home).map((path) => [path, readFileSync(path)] as const),
    ]);
    assert.ok((places.get("the wire")?.length ?? 0) > 100_000, "the recording recorded");
    for (const [place, bytes] of places) {
      for (const secret of secrets) assert.ok(!bytes.includes(secret), `found in ${place}`);
    }
  });
});
