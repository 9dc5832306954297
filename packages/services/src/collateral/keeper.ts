// Collateral for the quotes of this machine: asked of every source, the best kept, and renewed long before it expires.

import {
  CocoonError,
  openCollateral,
  type OpenedCollateral,
  type QuotedPlatform,
  type QuotedSevPlatform,
} from "@cocoon/protocol";
import { type AmdSource, fetchSevCollateral } from "./amd.ts";
import { fetchTdxCollateral, type IntelSource } from "./intel.ts";
import { Shelf } from "./shelf.ts";

export type CollateralSources = {
  readonly intel: readonly IntelSource[];
  readonly amd: readonly AmdSource[];
};

export type CollateralKeeperOptions = {
  readonly sources: CollateralSources;
  /** Of the files that outlive a restart. */
  readonly folder: string;
  readonly now: () => number;
  /** Called for each source that was of no use, and for a file that was not. */
  readonly onRefused: (error: CocoonError, host: string) => void;
  /** For each file of a source. Default 10 s. */
  readonly timeoutMs?: number;
};

/** A quote, and what it says of its platform. */
export type CollateralQuestion = {
  readonly platform: QuotedPlatform;
  readonly quote: Uint8Array;
  /** The lowest tcbEvaluationDataNumber that will do. */
  readonly evaluationMin: number;
  /** See AmdQuestion. */
  readonly vlek?: Uint8Array | undefined;
};

/** Collateral that the quote was verified with. */
type Held = {
  readonly text: string;
  readonly evaluationNumber: number;
  readonly expiresAtMs: number;
  readonly fetchedAtMs: number;
};

const timeoutMsDefault = 10_000;
/** Vendors sign anew every day to every month; revocations should not wait for the next bundle but one. */
const freshMs = 4 * 3_600_000;

export class CollateralKeeper {
  readonly #options: CollateralKeeperOptions;
  readonly #shelf: Shelf;

  constructor(options: CollateralKeeperOptions) {
    this.#options = options;
    this.#shelf = new Shelf(options.folder);
  }

  /**
   * Collateral with which the quote verifies, as a bundle carries it. Of several sources the one with the highest
   * tcbEvaluationDataNumber counts, then the one whose collateral lasts longest. Throws what the first source was
   * refused for, and collateral_rollback where all are below the minimum.
   */
  async collateral(question: CollateralQuestion): Promise<string> {
    const name = nameOf(question.platform);
    const held = await this.#heldFor(question, name);
    if (held !== undefined && isFresh(held, this.#options.now(), question.evaluationMin)) {
      return held.text;
    }
    const answers = await Promise.all(this.#ask(question));
    const usable = answers.flatMap((answer) => (answer instanceof CocoonError ? [] : [answer]));
    const [best] = [...usable, ...(held === undefined ? [] : [held])].toSorted(betterFirst);
    if (best === undefined) throw refusalAmong(answers);
    const { evaluationMin: floor } = question;
    if (best.evaluationNumber < floor) {
      const { evaluationNumber } = best;
      throw new CocoonError("collateral_rollback", { evaluationNumber, floor });
    }
    if (best !== held) this.#shelf.write(name, best);
    return best.text;
  }

  /** What is on the shelf, unless it is of no use any more. */
  async #heldFor(question: CollateralQuestion, name: string): Promise<Held | undefined> {
    const found = this.#shelf.read(name);
    if (found === undefined) return undefined;
    const held = await this.#verify(question, "shelf", async () => found.text);
    if (held instanceof CocoonError) return undefined;
    return { ...held, fetchedAtMs: found.fetchedAtMs };
  }

  #ask(question: CollateralQuestion): Promise<Held | CocoonError>[] {
    const { sources, timeoutMs = timeoutMsDefault } = this.#options;
    const { platform } = question;
    if (!isSev(platform)) {
      return requireSources(sources.intel).map((source) =>
        this.#verify(question, hostOf(source), () =>
          fetchTdxCollateral(source, { ...question, platform, timeoutMs }),
        ),
      );
    }
    return requireSources(sources.amd).map((source) =>
      this.#verify(question, hostOf(source), () =>
        fetchSevCollateral(source, { ...question, platform, timeoutMs }),
      ),
    );
  }

  /** Collateral counts when the quote verifies with it: a source may also send another platform's. */
  async #verify(
    { platform, quote }: CollateralQuestion,
    host: string,
    fetchText: () => Promise<string>,
  ): Promise<Held | CocoonError> {
    try {
      const text = await fetchText();
      const nowMs = this.#options.now();
      const opened: OpenedCollateral = await openCollateral(text, platform.profile, nowMs);
      const { expiresAtMs } = await opened.verifyQuote(quote, nowMs);
      const { evaluationNumber = Infinity } = opened;
      return { text, evaluationNumber, expiresAtMs, fetchedAtMs: nowMs };
    } catch (error) {
      if (!(error instanceof CocoonError)) throw error;
      this.#options.onRefused(error, host);
      return error;
    }
  }
}

function isSev(platform: QuotedPlatform): platform is QuotedSevPlatform {
  return platform.profile.kind === "sev-snp";
}

/** One name for all that the same collateral is good for. */
function nameOf(platform: QuotedPlatform): string {
  const { id } = platform.profile;
  if (!isSev(platform)) return `${id}-${platform.fmspc}-${platform.authority}.json`;
  const { bootloader, fmc, microcode, snp, tee } = platform.tcb;
  const versions = [fmc, bootloader, tee, snp, microcode].join(".");
  return `${id}-${platform.signer}-${platform.chipId.slice(0, 32)}-${versions}.json`;
}

function hostOf({ url }: { readonly url: string }): string {
  return new URL(url).host;
}

function requireSources<Source>(sources: readonly Source[]): readonly Source[] {
  if (sources.length > 0) return sources;
  throw new CocoonError("collateral_unavailable", { reason: "no source is configured" });
}

function refusalAmong(answers: readonly (Held | CocoonError)[]): CocoonError {
  const refusal = answers.find((answer) => answer instanceof CocoonError);
  return refusal ?? new CocoonError("collateral_unavailable");
}

/** Fresh for some hours, and for no more than half of the time that it had left when it was fetched. */
function isFresh(held: Held, nowMs: number, evaluationMin: number): boolean {
  const { evaluationNumber, expiresAtMs, fetchedAtMs } = held;
  const freshUntilMs = fetchedAtMs + Math.min(freshMs, (expiresAtMs - fetchedAtMs) / 2);
  return evaluationNumber >= evaluationMin && nowMs >= fetchedAtMs && nowMs < freshUntilMs;
}

function betterFirst(one: Held, other: Held): number {
  return other.evaluationNumber === one.evaluationNumber
    ? other.expiresAtMs - one.expiresAtMs
    : other.evaluationNumber - one.evaluationNumber;
}
