// OpenAI's own package with our fetch, and no gateway beside it: this program verifies the worker, seals, pays from a wallet
// of its own, and keeps the receipts. Its folder holds wallet and receipts from one run to the next.
//
//   node examples/in-process.js [NETWORK.JSON] [FOLDER]

import { simulatedProfile } from "@cocoon/devnet/vendor";
import { nanotons, publicProfiles } from "@cocoon/protocol";
import { openNodeClient } from "@cocoon/services";
import OpenAI from "openai";
import { readFileSync } from "node:fs";

const [, , networkPath = ".cocoon/network.json", home = ".cocoon/in-process"] = process.argv;
const network = JSON.parse(readFileSync(networkPath, "utf8"));
const client = await openNodeClient({
  home,
  network,
  depositNanotons: nanotons(1_000_000_000n),
  // On a devnet alone: its workers are simulated, and so is who vouches for them.
  tier: "dev",
  profiles: [...publicProfiles, simulatedProfile],
  // The first question waits for a channel on TON.
  patienceMs: 120_000,
});

// A devnet makes coins; elsewhere somebody sends them to this address.
await fetch(new URL("/devnet/faucet", network.endpoints[0]), {
  method: "POST",
  headers: { "content-type": "application/json" },
  body: JSON.stringify({ address: client.address, nanotons: "2000000000" }),
});

const openai = new OpenAI({ baseURL: client.baseUrl, fetch: client.fetch, apiKey: "unused" });
const completion = await openai.chat.completions.create({
  model: "cocoon-tiny",
  messages: [{ role: "user", content: "What is a deposit?" }],
});
console.log(completion.choices[0].message.content);
const [{ id, tier, feeNanotons }] = completion.cocoon.receipts;
console.log(`${tier}, fee ${feeNanotons} nanotons, receipt ${id} kept in ${home}`);
await client.close();
