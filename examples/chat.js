// OpenAI's own package, unchanged. The gateway seals, pays and checks; each answer tells its receipt.
//
//   node examples/chat.js [GATEWAY]

import OpenAI from "openai";

const baseURL = process.argv[2] ?? "http://127.0.0.1:10000/v1";
const openai = new OpenAI({ baseURL, apiKey: process.env.COCOON_GATEWAY_KEY ?? "unused" });

const stream = await openai.chat.completions.create({
  model: "cocoon-tiny",
  messages: [{ role: "user", content: "What is a worker?" }],
  stream: true,
  stream_options: { include_usage: true },
});
let facts;
for await (const chunk of stream) {
  process.stdout.write(chunk.choices[0]?.delta.content ?? "");
  facts = chunk.cocoon ?? facts;
}
const [receipt] = facts.receipts;
console.log(`\n${receipt.tier}, ${facts.amountNanotons} nanotons, receipt ${receipt.id}`);
