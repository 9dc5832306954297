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
  /** It failed a moment ago: asked only when there is nobody else. */
  readonly isSuspect: boolean;
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
};

/** A worker may queue as much again as it runs; beyond that a wait is likely longer than a retry elsewhere. */
const occupancyMax = 2;

/**
 * Picks by power of two choices: two at random, the better of the two; then others in the same way, who stand by. It
 * finds nearly the least loaded worker without herding every request onto one (Mitzenmacher 2001). Gives at least one;
 * throws the reason when nobody fits.
 */
export function pickWorkers(
  candidates: readonly Candidate[],
  wish: Wish,
  random: () => number,
): readonly Candidate[] {
  const suited = refuseEmpty(
    candidates.filter(
      ({ tier, worker }) =>
        tierSatisfies(tier, wish.tier) && (wish.worker === undefined || wish.worker === worker),
    ),
    "no_worker",
  );
  const eligible = refuseEmpty(
    refuseIncapable(suited, wish.capabilities).filter(
      ({ worker }) => !wish.excluded.includes(worker),
    ),
    "no_worker",
  );
  const affordable = refuseEmpty(
    eligible.filter(
      (candidate) =>
        candidate.promptPerMillion <= wish.promptPerMillionMax &&
        candidate.completionPerMillion <= wish.completionPerMillionMax,
    ),
    "price_above_cap",
  );
  const free = refuseEmpty(
    affordable.filter((candidate) => candidate.active < occupancyMax * candidate.slots),
    "queue_full",
  );
  const picked: Candidate[] = [];
  for (let left = free; left.length > 0 && picked.length < wish.countMax;) {
    const trusted = left.filter(({ isSuspect }) => !isSuspect);
    const next = pickOfTwo(trusted.length > 0 ? trusted : left, random);
    picked.push(next);
    left = left.filter((candidate) => candidate !== next);
  }
  return picked;
}

function pickOfTwo(candidates: readonly Candidate[], random: () => number): Candidate {
  const first = Math.floor(random() * candidates.length);
  const step = 1 + Math.floor(random() * (candidates.length - 1));
  const one = candidates[first];
  const other = candidates[(first + step) % candidates.length];
  if (one === undefined || other === undefined) throw new RangeError("random() must be below 1");
  const cheapest = cheapestOf(candidates);
  return burden(other, cheapest) < burden(one, cheapest) ? other : one;
}

/** That nobody can do what is asked is no passing want of capacity: the refusal names what is missing. */
function refuseIncapable(
  candidates: readonly Candidate[],
  wanted: readonly string[],
): readonly Candidate[] {
  const lacking = (candidate: Candidate): string | undefined =>
    wanted.find((capability) => !candidate.capabilities.includes(capability));
  const capable = candidates.filter((candidate) => lacking(candidate) === undefined);
  if (capable.length > 0 || candidates.length === 0) return capable;
  const nowhere = wanted.find((one) => !candidates.some((has) => has.capabilities.includes(one)));
  throw new CocoonError("capability_missing", {
    capability: nowhere ?? candidates.map(lacking).find((one) => one !== undefined) ?? "",
  });
}

function refuseEmpty(
  candidates: readonly Candidate[],
  code: "no_worker" | "price_above_cap" | "queue_full",
): readonly Candidate[] {
  if (candidates.length === 0) throw new CocoonError(code);
  return candidates;
}

function cheapestOf(candidates: readonly Candidate[]): Nanotons {
  return candidates.reduce(
    (lowest, { completionPerMillion }) =>
      completionPerMillion < lowest ? completionPerMillion : lowest,
    candidates[0]?.completionPerMillion ?? (0n as Nanotons), // oxlint-disable-line no-unsafe-type-assertion -- never empty
  );
}

/** Speed assumed of a worker that nobody has seen answer, so that newcomers get their first requests. */
const newcomerTokensPerSecond = 50;

/**
 * Expected wait times price: how full a worker is, over how fast it answers, weighted by how much dearer it is than the
 * cheapest. A worker at twice the price must be twice as quick.
 */
function burden(candidate: Candidate, cheapest: Nanotons): number {
  const occupancy = (candidate.active + 1) / candidate.slots;
  const speed = candidate.tokensPerSecond ?? newcomerTokensPerSecond;
  const dearness = cheapest === 0n ? 1 : Number(candidate.completionPerMillion) / Number(cheapest);
  return (occupancy / speed) * dearness;
}
