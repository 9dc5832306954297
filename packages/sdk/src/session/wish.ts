import type { Nanotons, Tier } from "@cocoon/protocol";

/** What an application wants answered, before a worker is found. */
export type Wish = {
  /** Manifest hash of the model, hex. */
  readonly model: string;
  /** The lowest tier that will do. */
  readonly tier: Tier;
  /** Prompt and answer together, at most. */
  readonly tokensMax: number;
  /** The most that is paid per million tokens, the proxy's fee not included. */
  readonly promptPerMillionMax?: Nanotons;
  readonly completionPerMillionMax?: Nanotons;
  /** Whether answer frames have one size and leave on every tick, so that size and time say nothing. */
  readonly isStrict?: boolean;
  /** Kept with the answer's payment, and told to nobody. */
  readonly reference?: string;
  /** The request that began this answer, as the application was told; kept with the payment, and told to nobody. */
  readonly announcedAs?: string;
  /** What is sealed. */
  readonly body: Uint8Array;
  /** Workers that failed this request before, hex ids. */
  readonly excluded: readonly string[];
  /** The only worker that will do, hex id. */
  readonly worker?: string;
  /** What the engine must be able to do beyond plain chat. */
  readonly capabilities: readonly string[];
  /** Gives up: the worker's engine stops, and nothing is paid. */
  readonly signal?: AbortSignal;
};
