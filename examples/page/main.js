// OpenAI's own package in a page, without a gateway: the page verifies the worker, seals, pays and checks the receipt, and
// nothing outside of it holds the prompt or the answer.

import "./buffer.js";
import { simulatedProfile } from "@cocoon/devnet/vendor";
import { nanotons, publicProfiles } from "@cocoon/protocol";
import { createDevnetPayer, openPageClient, parsePageNetwork } from "@cocoon/sdk";
import OpenAI from "openai";

const show = (id, text) => document.getElementById(id).append(text);

const network = parsePageNetwork(await (await fetch("network.json")).json());
const client = await openPageClient({
  network,
  payer: createDevnetPayer(network),
  depositNanotons: nanotons(1_000_000_000n),
  // On a devnet alone: its workers are simulated, and so is who vouches for them.
  tier: "dev",
  profiles: [...publicProfiles, simulatedProfile],
  // The first question waits for a channel on TON.
  patienceMs: 120_000,
  onProved: (id, state) => show("receipt", `receipt ${id} is ${state}. `),
});

const openai = new OpenAI({
  baseURL: client.baseUrl,
  fetch: client.fetch,
  apiKey: "unused",
  dangerouslyAllowBrowser: true, // there is no key that could be stolen
});
const stream = await openai.chat.completions.create({
  model: "cocoon-tiny",
  messages: [{ role: "user", content: "What is a proxy?" }],
  stream: true,
});
for await (const chunk of stream) show("answer", chunk.choices[0]?.delta.content ?? "");
