// Which worker answers. Pure: the crowd is an argument, and so is chance.

import type { Nanotons, Tier } from "@cocoon/protocol";
import { CocoonError, tierSatisfies } from "@cocoon/protocol";

/** What the choice looks at: one worker's offer of one model. */
export type Candidate = {
  /** Worker id, hex. */
  readonly worker: string;
  readonly tier: Tier;
  readonly promptPerMillion: Nanotons;
  readonly completionPerMillion: Nanotons;
  /** Requests running and waiting there, as far as this proxy knows. */
  readonly active: number;
  readonly slots: number;
  /** Completion tokens per second of one request, smoothed; undefined until one was seen. */
  readonly tokensPerSecond: number | undefined;
  /** It failed a moment ago: until then it is asked only when there is nobody else. Unix milliseconds. */
  readonly suspectUntilMs: number;
  /** When its evidence ends, unix milliseconds. */
  readonly expiresAtMs: number;
  /** What its engine can do beyond plain chat. */
  readonly capabilities: readonly string[];
};

export type Wish = {
  readonly tier: Tier;
  readonly promptPerMillionMax: Nanotons;
  readonly completionPerMillionMax: Nanotons;
  readonly excluded: readonly string[];
  /** The only one that will do. */
  readonly worker?: string | undefined;
  readonly capabilities: readonly string[];
  /** How many are wanted. At least 1. */
  readonly countMax: number;
  readonly nowMs: number;
};

/** A worker may queue as much again as it runs; beyond that a wait is likely longer than a retry elsewhere. */
const occupancyMax = 2;
/** Two choices balance the load; with four, hardly any request finds only slow workers among them. */
const choices = 4;
/** In a crowd, so many are looked at to find these; where most do not fit, all are. */
const looksMax = 32;
/** One pick in so many is blind, so that a worker that was slow once is seen again. */
const blindOneIn = 100;

/**
 * Picks the best of a few drawn at random; then others in the same way, who stand by. It finds nearly the least loaded
 * worker without herding every request onto one, and without looking at all of them (Mitzenmacher 2001, "The power of two
 * choices"). Gives at least one; throws the reason when nobody fits.
 */
export function pickWorkers(
  candidates: readonly Candidate[],
  wish: Wish,
  random: () => number,
): readonly Candidate[] {
  const picked: Candidate[] = [];
  const isFitting: Test = (candidate) => isFree(candidate, wish) && !picked.includes(candidate);
  const isTrusted: Test = (candidate) =>
    candidate.suspectUntilMs <= wish.nowMs && isFitting(candidate);
  while (picked.length < wish.countMax) {
    const count = random() * blindOneIn < 1 ? 1 : choices;
    let drawn = drawFew(candidates, isTrusted, count, random);
    if (drawn.length === 0) drawn = drawFew(candidates, isFitting, count, random);
    const [first, ...others] = drawn;
    if (first === undefined) break;
    picked.push(others.reduce((best, other) => (isBetter(other, best) ? other : best), first));
  }
  if (picked.length === 0) throw refusalOf(candidates, wish);
  return picked;
}

type Test = (candidate: Candidate) => boolean;

/** So many of those that pass, at random; all of them where there are no more. */
function drawFew(
  candidates: readonly Candidate[],
  passes: Test,
  count: number,
  random: () => number,
): readonly Candidate[] {
  const drawn: Candidate[] = [];
  for (let looks = 0; looks < looksMax && candidates.length > looksMax; looks += 1) {
    const candidate = oneOf(candidates, random);
    if (passes(candidate)) drawn.push(candidate);
    if (drawn.length === count) return drawn;
  }
  const passing = candidates.filter(passes);
  if (passing.length <= count) {
    // Of equals the first is picked, so that all get their turn to be first.
    const start = Math.floor(random() * passing.length);
    return [...passing.slice(start), ...passing.slice(0, start)];
  }
  return Array.from({ length: count }, () => oneOf(passing, random));
}

function oneOf(candidates: readonly Candidate[], random: () => number): Candidate {
  const one = candidates[Math.floor(random() * candidates.length)];
  if (one === undefined) throw new RangeError("random() must be below 1");
  return one;
}

const isSuited = (candidate: Candidate, { tier, worker, nowMs }: Wish): boolean =>
  candidate.expiresAtMs > nowMs &&
  tierSatisfies(candidate.tier, tier) &&
  (worker === undefined || worker === candidate.worker);

const isCapable = (candidate: Candidate, { capabilities }: Wish): boolean =>
  capabilities.every((capability) => candidate.capabilities.includes(capability));

const isAffordable = (candidate: Candidate, wish: Wish): boolean =>
  candidate.promptPerMillion <= wish.promptPerMillionMax &&
  candidate.completionPerMillion <= wish.completionPerMillionMax;

const hasRoom = ({ active, slots }: Candidate): boolean => active < occupancyMax * slots;

const isFree = (candidate: Candidate, wish: Wish): boolean =>
  hasRoom(candidate) &&
  isSuited(candidate, wish) &&
  isCapable(candidate, wish) &&
  isAffordable(candidate, wish) &&
  !wish.excluded.includes(candidate.worker);

/** Why nobody fits. That nobody can do what is asked is no passing want of capacity: it names what is missing. */
function refusalOf(candidates: readonly Candidate[], wish: Wish): CocoonError {
  const suited = candidates.filter((candidate) => isSuited(candidate, wish));
  const capable = suited.filter((candidate) => isCapable(candidate, wish));
  if (suited.length > 0 && capable.length === 0) {
    const capability = missingOf(suited, wish.capabilities);
    return new CocoonError("capability_missing", { capability });
  }
  const eligible = capable.filter(({ worker }) => !wish.excluded.includes(worker));
  if (eligible.length === 0) return new CocoonError("no_worker");
  const isTooDear = !eligible.some((candidate) => isAffordable(candidate, wish));
  return new CocoonError(isTooDear ? "price_above_cap" : "queue_full");
}

/** The capability that nobody has, or where each has some, the first that the first lacks. */
function missingOf(candidates: readonly Candidate[], wanted: readonly string[]): string {
  const lacks = (one: string) => (candidate: Candidate) => !candidate.capabilities.includes(one);
  const nowhere = wanted.find((one) => candidates.every(lacks(one)));
  return nowhere ?? wanted.find((one) => candidates.slice(0, 1).some(lacks(one))) ?? "";
}

/** What a token takes at an idle worker, next to what its slots in use add to it: a full one takes three times as long. */
const idleShare = 0.5;

/**
 * Whether one is the better choice than the other: by expected time, times price. A worker at twice the price must be
 * twice as quick; where one of them asks nothing, only time counts. One that nobody saw answer is taken to be as quick as
 * the other, so that newcomers get their first requests.
 */
function isBetter(one: Candidate, other: Candidate): boolean {
  const isPriced = one.completionPerMillion > 0n && other.completionPerMillion > 0n;
  const burdenOf = (candidate: Candidate, known: number): number => {
    const speed = candidate.tokensPerSecond ?? known;
    const price = isPriced ? Number(candidate.completionPerMillion) : 1;
    return ((idleShare + candidate.active / candidate.slots) / speed) * price;
  };
  return burdenOf(one, other.tokensPerSecond ?? 1) < burdenOf(other, one.tokensPerSecond ?? 1);
}
