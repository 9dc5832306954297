// OpenAI's package and the AI SDK, unmodified, in a page: sealing, payment and verification happen here.

import { nanotons, type TrustProfile } from "@cocoon/protocol";
import {
  createDevnetPayer,
  IndexedDatabase,
  openPageClient,
  type PageClient,
  parsePageNetwork,
  type StoredAnswer,
} from "@cocoon/sdk";
import OpenAI from "openai";
import { aiSdkChecks } from "../clients/ai-sdk.ts";
import type { Check } from "../clients/check.ts";
import { cocoonProviderChecks } from "../clients/cocoon-provider.ts";
import { openaiChecks } from "../clients/openai.ts";
import { modelName } from "../network/model-name.ts";
import { askServer, runPage } from "./page-server.ts";
import { storageChecks } from "./storage-checks.ts";

const ton = 1_000_000_000n;

async function open(): Promise<PageClient> {
  const network = parsePageNetwork(await askServer("/network"));
  return await openPageClient({
    network,
    profiles: await askServer<TrustProfile[]>("/profiles"),
    payer: createDevnetPayer(network),
    depositNanotons: nanotons(10n * ton),
    tier: "dev",
    patienceMs: 120_000,
  });
}

function openaiOf({ baseUrl: baseURL, fetch }: PageClient): OpenAI {
  return new OpenAI({ baseURL, fetch, apiKey: "none", dangerouslyAllowBrowser: true });
}

/** What became of a check: how a feature is there, or why it is not. */
export type Tried = {
  readonly client: string;
  readonly feature: string;
  readonly how?: string;
  readonly failure?: string;
};

async function tryAll(client: string, checks: readonly Check[]): Promise<readonly Tried[]> {
  const tried: Tried[] = [];
  for (const [feature, show] of checks) {
    try {
      tried.push({ client, feature, how: (await show()) ?? "yes" });
    } catch (error) {
      tried.push({ client, feature, failure: String(error) });
    }
  }
  return tried;
}

/** What is asked of the packages: all of it, or the features that the test names. */
async function tryClients({ baseUrl, fetch }: PageClient): Promise<readonly Tried[]> {
  const reach = { baseURL: baseUrl, fetch };
  const features = await askServer<readonly string[] | null>("/features");
  const wanted = (checks: readonly Check[]): readonly Check[] =>
    checks.filter(([feature]) => features?.includes(feature) ?? true);
  return [
    ...(await tryAll("openai", wanted(openaiChecks(reach)))),
    ...(await tryAll("@ai-sdk/openai", wanted(aiSdkChecks(reach)))),
    ...(await tryAll("@cocoon/sdk/ai-sdk", wanted(cocoonProviderChecks({ baseUrl, fetch })))),
  ];
}

/** A conversation about something that nobody can know; it ends with what it was, for the test to look for. */
async function converse(client: PageClient): Promise<{ secret: string; kept: StoredAnswer }> {
  const secret = `canary${crypto.randomUUID().replaceAll("-", "")}`;
  const messages = [{ role: "user" as const, content: `Say ${secret}` }];
  const { data, response } = await openaiOf(client)
    .chat.completions.create({ model: modelName, messages, stream: true })
    .withResponse();
  let answer = "";
  for await (const chunk of data) answer += chunk.choices[0]?.delta.content ?? "";
  if (answer === "") throw new Error("nothing was said");
  const kept = await anchored(client, response.headers.get("x-cocoon-receipt") ?? "");
  return { secret, kept };
}

async function anchored(client: PageClient, request: string): Promise<StoredAnswer> {
  for (;;) {
    const answer = await client.answers.find(request);
    if (answer?.state === "anchored") return answer;
    await new Promise((resolve) => void setTimeout(resolve, 50));
  }
}

/** A stream whose proxy is gone after the first words. */
async function failOver(client: PageClient): Promise<object> {
  const asked = {
    model: modelName,
    messages: [{ role: "user" as const, content: "Tell me a story about a cat" }],
    max_tokens: 24,
  };
  const openai = openaiOf(client);
  const undisturbed = await openai.chat.completions.create(asked);
  await askServer("/hold");
  const stream = await openai.chat.completions.create({ ...asked, stream: true });
  const before = client.sessions.current?.log.bond;
  let told = "";
  for await (const chunk of stream) {
    const text = chunk.choices[0]?.delta.content ?? "";
    if (told === "" && text !== "") await askServer("/cut");
    told += text;
  }
  return {
    told,
    undisturbed: undisturbed.choices[0]?.message.content,
    bonds: [before, client.sessions.current?.log.bond],
  };
}

/** Another tab beside this one, and the next one after it. */
async function openTabs(client: PageClient): Promise<object> {
  const channelOf = async (one: PageClient): Promise<string> => (await one.sessions.next()).channel;
  const beside = await open();
  const channels = [await channelOf(client), await channelOf(beside)];
  await beside.close();
  const next = await open();
  channels.push(await channelOf(next));
  await next.close();
  return { channels };
}

await runPage(async () => {
  const client = await open();
  const { secret, kept } = await converse(client);
  const database = await IndexedDatabase.open("storage checks");
  const stored = await tryAll("", storageChecks(client, kept, database));
  const tried = [...stored, ...(await tryClients(client))];
  const tabs = await openTabs(client);
  const failover = await failOver(client);
  const proof = await client.proofFile(kept.request);
  await client.close();
  return { secret, tried, proof, tabs, failover, custody: client.custody };
});
