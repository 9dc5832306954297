// What an application asks beside its request: the x-cocoon headers.

import {
  CocoonError,
  fromHex,
  nanotons,
  type Nanotons,
  parseTon,
  privacies,
  type Privacy,
  type Tier,
  tiers,
} from "@cocoon/protocol";
import type { AnswerOptions } from "../chat/index.ts";
import type { KeptResponses } from "./kept-responses.ts";

/** One request of an application, before its dialect is read. */
export type Asked = {
  /** Its JSON. */
  readonly body: unknown;
  /** The signal aborts when the application leaves. */
  readonly options: AnswerOptions;
  /** Gives up the answers: a generator that waits for its next value can't be left, aborting wakes it. */
  readonly leave: () => void;
  /** Whether the answer ends with what opens it to others. */
  readonly wantsContent: boolean;
  /** Where responses are kept that ask for it; undefined where none are. */
  readonly kept: KeptResponses | undefined;
};

/** A page of another origin can't send this type without asking first. Throws request_malformed. */
export function requireJson(contentType: string | null | undefined): void {
  if (contentType?.startsWith("application/json") !== true) {
    throw new CocoonError("request_malformed", { param: "content-type" });
  }
}

/**
 * x-cocoon-tier raises the tier, x-cocoon-privacy the privacy; x-cocoon-max-price caps both prices, in TON per million tokens; x-cocoon-worker names the
 * one that shall answer, x-cocoon-proxy the bond of the proxy that shall be asked.
 */
export function optionsOf(headers: Headers): Omit<AnswerOptions, "signal"> {
  const header = (name: string): string | undefined => headers.get(`x-cocoon-${name}`) ?? undefined;
  const [tier, privacy, proxy] = [header("tier"), header("privacy"), header("proxy")];
  const [price, worker] = [header("max-price"), header("worker")];
  const cap = price === undefined ? undefined : capOf(price);
  return {
    ...(tier !== undefined && { tier: tierOf(tier) }),
    ...(privacy !== undefined && { privacy: privacyOf(privacy) }),
    ...(cap !== undefined && { promptPerMillionMax: cap, completionPerMillionMax: cap }),
    ...(worker !== undefined && { worker: workerOf(worker) }),
    ...(proxy !== undefined && { proxy }),
  };
}

function tierOf(text: string): Tier {
  const tier = tiers.find((candidate) => candidate === text);
  if (tier === undefined) throw new CocoonError("tier_unknown", { param: "x-cocoon-tier" });
  return tier;
}

function privacyOf(text: string): Privacy {
  const privacy = privacies.find((candidate) => candidate === text);
  if (privacy === undefined) throw malformedHeader("privacy");
  return privacy;
}

function capOf(text: string): Nanotons {
  const cap = parseTon(text);
  if (cap === undefined) throw malformedHeader("max-price");
  return nanotons(cap);
}

function workerOf(text: string): string {
  if (fromHex(text)?.length !== 32) throw malformedHeader("worker");
  return text;
}

function malformedHeader(name: string): CocoonError {
  return new CocoonError("request_malformed", { param: `x-cocoon-${name}` });
}
