// Why a worker has no work, in one table: the dashboard, the cockpit, `cocoon worker status` and docs/idle-reasons.md.

/** What a reason means, what mends it, and whether work can come in spite of it. */
export type IdleRow = {
  readonly meaning: string;
  /** What the operator does. The worker notices by itself when it is done. */
  readonly remedy: string;
  /** No work can come while it lasts. */
  readonly isBlocking: boolean;
};

const blocking = (meaning: string, remedy: string): IdleRow => {
  return { meaning, remedy, isBlocking: true };
};
const passing = (meaning: string, remedy: string): IdleRow => {
  return { meaning, remedy, isBlocking: false };
};

/** In the order in which they should be mended: the first that holds is told first. */
export const idleTable = {
  starting: blocking("The worker is starting", "Nothing: it says in a moment what comes next."),
  no_engine: blocking(
    "No engine answers on this machine",
    "Start vLLM, SGLang, llama.cpp's server, Ollama or LM Studio, or name one with --engine URL; or bring weights with cocoon model pull and name them with --weights FILE.",
  ),
  engine_without_usage: blocking(
    "The engine does not say how many tokens it used, so its work cannot be billed",
    "Update it, or turn on usage in streams (stream_options.include_usage). Every engine that docs/gpu-owners.md names reports it.",
  ),
  engine_failed: blocking(
    "The engine answers with an error",
    "Ask it by hand and read its own log: out of memory and a wrong chat template are the usual causes.",
  ),
  model_not_allowed: blocking(
    "The root contract does not list this model",
    "Serve one of those that cocoon market shows, with --model NAME. Weights must be the very file: its hash counts.",
  ),
  chain_unreachable: blocking(
    "No endpoint of the chain answers",
    "Look at this machine's network, and at the endpoints in the configuration.",
  ),
  clock_wrong: blocking(
    "This machine's clock is not the network's",
    "Set it: timedatectl set-ntp true, or your system's time settings.",
  ),
  evidence_lapsed: blocking(
    "The evidence of what this machine is could not be made or renewed",
    "cocoon tee says what is missing. On an ordinary machine serve the tier open: --tier open.",
  ),
  evidence_refused: blocking(
    "Proxies do not accept what this machine is",
    "Run an image that the root contract lists, on a platform that is not banned; cocoon governance show lists them.",
  ),
  wallet_empty: blocking(
    "The worker's wallet cannot pay for what the chain asks",
    "Send coins to the wallet that the worker names. The bond comes back when you leave; a payout costs about 0.001 TON.",
  ),
  no_bond: blocking(
    "The worker has no bond, or one that does not stand",
    "cocoon worker --tier open posts one at the first start; cocoon worker show --config FILE says what became of it.",
  ),
  price_too_high: blocking(
    "The price is above what the root contract allows for the model",
    "Ask less: --price TON, or price in the configuration. cocoon market shows the bound.",
  ),
  proxy_unknown: blocking(
    "The configuration names no proxy",
    "Name at least one bond in network.proxies of the configuration.",
  ),
  proxy_unreachable: blocking(
    "No proxy can be reached",
    "Look at this machine's network. The worker dials again by itself, at least every 5 seconds.",
  ),
  proxy_unbonded: blocking(
    "The proxy does not stand behind its word any more: its bond is leaving, slashed or too small",
    "Name another proxy in network.proxies. What this one vouched for is settled already.",
  ),
  proxy_refused: blocking(
    "The proxy refuses this worker",
    "The code beside it is the proxy's own; spec/9-errors.md says what it means.",
  ),
  proxy_owes: blocking(
    "The proxy owes more than the credit window and sends no voucher",
    "Wait: work comes again with its voucher. creditWindowNanotons in the configuration is how much you trust it with.",
  ),
  no_demand: passing(
    "Everything is in order, and nobody asks for this model now",
    "Nothing. cocoon market shows what the network's workers are busy with.",
  ),
} as const satisfies Readonly<Record<string, IdleRow>>;

export type IdleCode = keyof typeof idleTable;

const order = Object.keys(idleTable);

/** For sorting: what should be mended first comes first. */
export function compareIdleCodes(left: IdleCode, right: IdleCode): number {
  return order.indexOf(left) - order.indexOf(right);
}
