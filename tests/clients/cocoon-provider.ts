// What our own provider for the AI SDK adds to it: with each result what it cost and what proves it.

import { createCocoonProvider, type CocoonReach } from "@cocoon/sdk/ai-sdk";
import { embed, generateText, streamText } from "ai";
import assert from "node:assert/strict";
import { modelName } from "../network/model-name.ts";
import { modelChecks } from "./ai-sdk.ts";
import type { Check } from "./check.ts";

const prompt = "Say hello";
const maxRetries = 0;

export function cocoonProviderChecks(reach: CocoonReach): readonly Check[] {
  const cocoon = createCocoonProvider(reach);
  return [
    ...modelChecks({ chat: cocoon, embedding: (id) => cocoon.embeddingModel(id) }),
    [
      "receipt, tier and cost with each result",
      async () => {
        const model = cocoon(modelName);
        const whole = await generateText({ model, prompt, maxRetries });
        const streamed = streamText({ model, prompt, maxRetries });
        await streamed.consumeStream();
        for (const metadata of [whole.providerMetadata, await streamed.providerMetadata]) {
          assertPaid(metadata?.["cocoon"]);
        }
        const receipt = receiptIn(whole.providerMetadata?.["cocoon"]);
        const { file } = await cocoon.proof(receipt.id);
        assert.match(file, /"receipt"/);
        await assert.rejects(cocoon.proof("0".repeat(32)), { code: "receipt_unknown" });
      },
    ],
    [
      "embeddings, with receipt and cost",
      async () => {
        const model = cocoon.embeddingModel(modelName);
        const { providerMetadata } = await embed({ model, value: "one", maxRetries });
        assertPaid(providerMetadata?.["cocoon"]);
      },
    ],
  ];
}

type Told = { readonly amountNanotons: string; readonly receipts: readonly Receipt[] };
type Receipt = Readonly<Record<"id" | "hash" | "tier" | "workNanotons" | "feeNanotons", string>>;

function receiptIn(facts: unknown): Receipt {
  // oxlint-disable-next-line no-unsafe-type-assertion -- what an AnswerFacts is
  const [receipt, ...others] = (facts as Told).receipts;
  assert.ok(receipt !== undefined && others.length === 0);
  return receipt;
}

function assertPaid(facts: unknown): void {
  const { id, hash, tier, workNanotons, feeNanotons } = receiptIn(facts);
  assert.match(id, /^[0-9a-f]{32}$/);
  assert.match(hash, /^[0-9a-f]{64}$/);
  assert.equal(tier, "dev");
  // oxlint-disable-next-line no-unsafe-type-assertion -- what an AnswerFacts is
  const { amountNanotons } = facts as Told;
  assert.ok(BigInt(workNanotons) > 0n);
  assert.equal(BigInt(amountNanotons), BigInt(workNanotons) + BigInt(feeNanotons));
}
