// Vercel's AI SDK with our provider: text as it comes, an object of a given shape, vectors, and the proof of an answer.
//
//   node examples/ai-sdk.js [GATEWAY]

import { createCocoonProvider } from "@cocoon/sdk/ai-sdk";
import { embed, generateText, jsonSchema, Output, streamText } from "ai";

const cocoon = createCocoonProvider({ baseUrl: process.argv[2] ?? "http://127.0.0.1:10000/v1" });
const model = cocoon("cocoon-tiny");

const answer = streamText({ model, prompt: "What is a receipt?" });
for await (const text of answer.textStream) process.stdout.write(text);

const person = { name: { type: "string", maxLength: 12 }, age: { type: "integer" } };
const schema = jsonSchema({ type: "object", properties: person, required: ["name", "age"] });
const { output } = await generateText({
  model,
  prompt: "Bob is 42",
  output: Output.object({ schema }),
});
console.log("\nobject:", output);

const { embedding } = await embed({ model: cocoon.embeddingModel("cocoon-tiny"), value: "a text" });
console.log("vector of", embedding.length);

const { receipts } = (await answer.providerMetadata).cocoon;
const { state } = await cocoon.proof(receipts[0].id);
console.log(`receipt ${receipts[0].id}, fee ${receipts[0].feeNanotons} nanotons, ${state}`);
