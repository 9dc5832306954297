// What must hold at every moment, whatever has just been killed. Each check reads the databases in such an order that what
// is compared may only have moved in the direction that keeps the comparison true.

import type { ChainClient } from "@cocoon/sdk";
import { readChannel } from "@cocoon/sdk";
import { creditWindowNanotons } from "../network/network.ts";
import {
  type Books,
  type GatewayBooks,
  integer,
  readBooks,
  readGateway,
  type Row,
  sumOf,
} from "./books.ts";

/** The dearest answer of the run: 32 tokens and a prompt, with the proxy's fee. */
const answerNanotonsMax = 40_000n;
/** Jobs that a worker may have begun while its proxy still had credit. */
const slots = 8n;

/** One sentence for each thing that is not as it must be. */
export async function checkNow(home: string, chain: ChainClient | undefined): Promise<string[]> {
  const proxyBefore = readBooks(home, "proxy");
  const claimed = chain && proxyBefore ? await readClaims(chain, proxyBefore) : [];
  const gatewayBefore = readGateway(home);
  const workers = [readBooks(home, "worker-1"), readBooks(home, "worker-2")];
  const proxy = readBooks(home, "proxy");
  const gateway = readGateway(home);
  if (proxy === undefined || gateway === undefined || gatewayBefore === undefined) return [];
  return [
    ...checkCharges("proxy", proxy),
    ...workers.flatMap((books, index) => (books ? checkCharges(`worker-${index + 1}`, books) : [])),
    ...checkGateway(gateway),
    ...checkClient(gatewayBefore, proxy, gateway),
    ...checkWorkers(
      workers.filter((books) => books !== undefined),
      proxy,
    ),
    ...checkCredit(proxy, workers),
    ...checkClaims(claimed, proxy),
  ];
}

/** The sums that a payee keeps are those of its charges. */
function checkCharges(role: string, { charges, incoming }: Books): string[] {
  return incoming.flatMap((channel) =>
    ["pending", "posted", "released"].flatMap((state) => {
      const sum = sumOf(
        charges.filter((row) => row["channel"] === channel["address"] && row["state"] === state),
        "amount",
      );
      const kept = integer(channel[state]);
      return sum === kept ? [] : [`${role}: ${state} is ${kept}, its charges make ${sum}`];
    }),
  );
}

function checkGateway({ spent, answers }: GatewayBooks): string[] {
  return spent === answers ? [] : [`gateway: spent is ${spent}, its answers cost ${answers}`];
}

/** Nobody is charged for what the client did not store, nor pays for more, and nothing is stored that was not charged. */
function checkClient(before: GatewayBooks, proxy: Books, now: GatewayBooks): string[] {
  const posted = sumOf(proxy.incoming, "posted");
  const vouchered = sumOf(proxy.incoming, "vouchered");
  const charged = sumOf(proxy.charges, "amount");
  return [
    ...(posted <= now.spent ? [] : [`proxy posted ${posted}, the client stored ${now.spent}`]),
    ...(vouchered <= now.spent ? [] : [`the client signed ${vouchered} and stored ${now.spent}`]),
    ...(before.spent <= charged
      ? []
      : [`the client stored ${before.spent}, charged were ${charged}`]),
  ];
}

function checkWorkers(workers: readonly Books[], proxy: Books): string[] {
  const owed = sumOf(proxy.outgoing, "owed");
  const posted = workers.reduce((sum, { incoming }) => sum + sumOf(incoming, "posted"), 0n);
  const vouchered = workers.reduce((sum, { incoming }) => sum + sumOf(incoming, "vouchered"), 0n);
  return [
    ...(posted <= owed ? [] : [`workers count ${posted} as earned, the proxy owes ${owed}`]),
    ...(vouchered <= owed ? [] : [`workers hold vouchers for ${vouchered}, earned were ${owed}`]),
  ];
}

/** Who was not paid went on for no longer than the window. */
function checkCredit(proxy: Books, workers: readonly (Books | undefined)[]): string[] {
  const unpaidOf = (row: Row): bigint =>
    integer(row["posted"]) + integer(row["pending"]) - integer(row["vouchered"]);
  const workerMax = creditWindowNanotons + slots * answerNanotonsMax;
  return [
    ...proxy.incoming
      .map(unpaidOf)
      .filter((unpaid) => unpaid > creditWindowNanotons)
      .map((unpaid) => `a client got ${unpaid} of credit, the window is ${creditWindowNanotons}`),
    ...workers
      .flatMap((books) => books?.incoming.map(unpaidOf) ?? [])
      .filter((unpaid) => unpaid > workerMax)
      .map((unpaid) => `a proxy got ${unpaid} of credit from a worker, the most is ${workerMax}`),
  ];
}

type Claim = { readonly channel: string; readonly claimed: bigint };

async function readClaims(chain: ChainClient, { incoming, outgoing }: Books): Promise<Claim[]> {
  const claims: Claim[] = [];
  for (const row of [...incoming, ...outgoing]) {
    const channel = String(row["address"]);
    const state = await readChannel(chain, channel);
    if (state !== undefined) claims.push({ channel, claimed: state.claimed });
  }
  return claims;
}

/** The chain pays out no more than was earned. */
function checkClaims(claims: readonly Claim[], { incoming, outgoing }: Books): string[] {
  const bounds = new Map([
    ...incoming.map((row) => [String(row["address"]), integer(row["vouchered"])] as const),
    ...outgoing.map((row) => [String(row["address"]), integer(row["owed"])] as const),
  ]);
  return claims
    .filter(({ channel, claimed }) => claimed > (bounds.get(channel) ?? 0n))
    .map(
      ({ channel, claimed }) => `the chain paid ${claimed} from ${channel}, more than was earned`,
    );
}
