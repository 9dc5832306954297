// From a machine and a network to a worker's configuration: what it serves, how fast, at what price, with which bond.

import {
  CocoonError,
  formatTon,
  nanotons,
  type Nanotons,
  networkIds,
  type Price,
} from "@cocoon/protocol";
import { createWallet, readRoot, type Wallet } from "@cocoon/sdk";
import {
  type AttesterConfig,
  benchmarkEngine,
  bestTokensPerSecond,
  environment,
  loadSeeds,
  surveyMachine,
  viewMachine,
  type WorkerConfig,
} from "@cocoon/services";
import { join } from "node:path";
import { readBook } from "../market/book.ts";
import { type Proposal, proposePrice } from "../market/price.ts";
import { loadModel, type ServedModel } from "../roles/served-model.ts";
import type { Terminal } from "../terminal.ts";
import { onGpu } from "./gpu.ts";
import { persist } from "./host.ts";
import { findServable, type Servable } from "./find-model.ts";
import { openBond } from "./open-bond.ts";
import { askAmount, choose } from "./questions.ts";
import { benchmarkText } from "./show.ts";
import type { SettingUp, Wishes } from "./wishes.ts";

export type SetUp = { readonly config: WorkerConfig; readonly served: ServedModel };

const oneTon = 1_000_000_000n;
/** Prices that nobody has agreed to yet. */
const unpriced: Price = { promptPerMillion: nanotons(0n), completionPerMillion: nanotons(0n) };

/** Waits for what is not there yet, and says so. Throws option_invalid and cancelled. */
export async function setUpWorker(setting: SettingUp): Promise<SetUp> {
  const { home, network, terminal, wishes } = setting;
  const { chosen, served } = await persist(setting, () => findServed(setting));
  try {
    const benchmark = await measure(setting, served);
    const price = await agreePrice(setting, chosen, bestTokensPerSecond(benchmark));
    const draft = draftConfig(setting, chosen);
    const attester = await attesterOf(setting);
    const bond = await persist(setting, () =>
      openBond({ ...setting, wallet: walletOf(setting) }, attester),
    );
    const isDevnet = network.networkId === networkIds.devnet;
    const threshold = wishes.payout ?? nanotons(isDevnet ? oneTon / 20n : oneTon);
    const config: WorkerConfig = {
      ...draft,
      ...price,
      attester,
      ...(bond !== undefined && { bond }),
      settle: { ...draft.settle, thresholdNanotons: threshold },
    };
    return { config, served };
  } catch (error) {
    await served.engine.close();
    terminal.note(`nothing was written to ${home}\n`);
    throw error;
  }
}

type Found = { readonly chosen: Servable; readonly served: ServedModel };

async function findServed(setting: SettingUp): Promise<Found> {
  const { chain, network, shelf, terminal, wishes } = setting;
  const { models } = await readRoot(chain, network.root);
  const { baseUrl, weightsPath, model, backendModel } = wishes;
  const { engineKey } = environment();
  const search = { models, shelf, engineKey, baseUrl, weightsPath, model, backendModel };
  const servable = await findServable(search);
  const chosen = await choose(servable, "Which model will you serve?", askable(setting));
  terminal.note(`serving ${chosen.text}, as ${chosen.listing.name}\n`);
  const loaded = await loadModel(draftConfig(setting, chosen), setting.logger);
  try {
    return { chosen, served: await loaded.complete(chain) };
  } catch (error) {
    await loaded.discard();
    throw error;
  }
}

/** Nobody is asked who said that all is agreed. */
function askable({ terminal, wishes }: SettingUp): Terminal {
  return wishes.isSilent ? { ...terminal, isInteractive: false } : terminal;
}

async function measure({ monitor, signal, terminal }: SettingUp, { engine }: ServedModel) {
  const nowMs = () => performance.now();
  const benchmark = await benchmarkEngine(engine, { signal, nowMs, wallMs: Date.now });
  monitor.know({ benchmark });
  terminal.note(`measured ${benchmarkText(benchmark)}\n`);
  return benchmark;
}

type Agreed = Pick<WorkerConfig, "price" | "priceFollowsLoad">;

async function agreePrice(
  setting: SettingUp,
  { listing }: Servable,
  tokensPerSecond: number,
): Promise<Agreed> {
  const { chain, network, terminal, wishes } = setting;
  const book = await persist(setting, () => readBook(network, chain));
  const offers = book.offers.filter(({ model }) => model === listing.manifestHash);
  const { costPerHour } = wishes;
  const proposal = proposePrice({ book: offers, listing, costPerHour, tokensPerSecond });
  terminal.note(`${describeProposal(proposal, offers.length, tokensPerSecond)}\n`);
  const completionPerMillion =
    wishes.price ??
    (await askAmount(
      "What do you ask for a million answer tokens, in TON?",
      proposal.price.completionPerMillion,
      askable(setting),
    ));
  const promptPerMillion = wishes.promptPrice ?? proposal.price.promptPerMillion;
  const priceFollowsLoad = followOf(completionPerMillion, wishes);
  return {
    price: { promptPerMillion, completionPerMillion },
    ...(priceFollowsLoad !== undefined && { priceFollowsLoad }),
  };
}

const proposalSources: Readonly<Record<Proposal["from"], string>> = {
  median: "the median of the book",
  cost: "your own cost, which is above the median of the book",
  bound: "half of what the root contract allows, as nobody serves it now",
};

/** What full work at this price would come to: a bound, not a promise. */
function describeProposal(
  { from, price }: Proposal,
  offers: number,
  tokensPerSecond: number,
): string {
  const { completionPerMillion, promptPerMillion } = price;
  const perHour = BigInt(Math.floor(tokensPerSecond * 10)) * 360n * completionPerMillion;
  const most = formatTon(nanotons(perHour / 1_000_000n));
  return `${offers} others serve it; proposed: ${formatTon(promptPerMillion)} / ${formatTon(completionPerMillion)} TON per million prompt / answer tokens, ${proposalSources[from]}. Without a pause that is ${most} TON an hour; how much work comes nobody knows`;
}

/** A floor and a ceiling of the answer's price, as percents of it. Throws option_invalid. */
export function followOf(
  price: Nanotons,
  { ceiling, floor }: Pick<Wishes, "ceiling" | "floor">,
): WorkerConfig["priceFollowsLoad"] {
  if (floor === undefined && ceiling === undefined) return undefined;
  const percentOf = (amount: Nanotons): number =>
    price === 0n ? 100 : Number((100n * amount) / price);
  const [floorPercent, ceilingPercent] = [percentOf(floor ?? price), percentOf(ceiling ?? price)];
  if (floorPercent <= 100 && ceilingPercent >= 100) return { floorPercent, ceilingPercent };
  throw new CocoonError("option_invalid", {
    reason: "the price lies between --floor and --ceiling",
  });
}

/** `tier` says how this machine proves itself; a guest of a TEE uses it, others serve openly. */
async function attesterOf({ network, wishes }: SettingUp): Promise<AttesterConfig> {
  const isDevnet = network.networkId === networkIds.devnet;
  const { tier } = wishes;
  if (tier === "dev" || (tier === undefined && isDevnet)) return { kind: "simulated" };
  if (tier === "open") return { kind: "open" };
  if (tier === "confidential") return { kind: "tsm", reports: "configfs" };
  const { guest } = await surveyMachine(viewMachine());
  return guest === undefined ? { kind: "open" } : { kind: "tsm", reports: "configfs" };
}

function walletOf({ chain, home, network }: SettingUp): Wallet {
  const { networkId } = network;
  const { passphrase } = environment();
  const { wallet } = loadSeeds(join(home, "keys.json"), ["wallet"], { networkId, passphrase });
  return createWallet({ client: chain, seed: wallet });
}

/** All but what it costs and what it proves. */
function draftConfig(
  { home, network, wishes }: SettingUp,
  { engine, listing, slots }: Servable,
): WorkerConfig {
  return {
    home,
    network,
    model: listing.name,
    engine: onGpu(engine, wishes.gpu),
    price: unpriced,
    slots: wishes.slots ?? slots,
    tickMs: 40,
    creditWindowNanotons: nanotons(oneTon / 100n),
    settle: { thresholdNanotons: nanotons(oneTon), intervalMs: 30_000 },
    api: { port: 0, origins: [] },
  };
}
