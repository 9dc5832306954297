import { CocoonError, networkIds, type RawAddress } from "@cocoon/protocol";
import { AccountProver } from "./account-prover.ts";
import { BlockVouchers, originOf } from "./block-vouchers.ts";
import type { ChainClient, ChainClientOptions, ProofStanding } from "./client.ts";
import type { Clock } from "./clock.ts";
import type { Endpoint } from "./endpoint.ts";
import { ProofSource } from "./proof-source.ts";
import { RequestPace } from "./request-pace.ts";

export type TrustedModules = {
  readonly all: readonly Endpoint[];
  readonly clock: Clock;
  readonly pollMs: number;
  readonly account: ChainClient["account"];
};

const vouchersDefault = { devnet: 1, elsewhere: 2 };
/** What TonAPI allows without a key. */
const requestsPerSecond = 1;

/** The reads of accounts that money depends on. */
export function createTrusted(
  options: ChainClientOptions,
  { all, clock, pollMs, account }: TrustedModules,
): Pick<ChainClient, "trustedAccount" | "proofStanding"> {
  const { networkId, requestTimeoutMs, requireProofs = false } = options;
  const isDevnet = networkId === networkIds.devnet;
  const needed =
    options.blockVouchers ?? (isDevnet ? vouchersDefault.devnet : vouchersDefault.elsewhere);
  const prover = new AccountProver({
    sources: sourcesOf(options, all, clock),
    vouchers: new BlockVouchers({ endpoints: all, clock, pollMs, requestTimeoutMs, needed }),
    clock,
    networkId,
  });
  let standing: ProofStanding = "unknown";
  const stand = (found: Exclude<ProofStanding, "unknown">, address: RawAddress): void => {
    if (found !== standing) options.onProofStanding?.(found, address);
    standing = found;
  };
  const trustedAccount = async (address: RawAddress) => {
    const proven = await prover.prove(address);
    stand(proven === undefined ? "unproven" : "proven", address);
    if (proven !== undefined) {
      const codeHash = proven.account.code?.hash().toString("hex");
      return { ...proven.account, codeHash, seenAtSeconds: proven.atSeconds, isProven: true };
    }
    if (requireProofs) throw new CocoonError("account_unproven", { address });
    return { ...(await account(address)), isProven: false };
  };
  return { trustedAccount, proofStanding: () => standing };
}

/** Those that are named, then whichever endpoints turn out to prove accounts. */
function sourcesOf(
  { proofEndpoints = [], networkId, requestTimeoutMs }: ChainClientOptions,
  all: readonly Endpoint[],
  clock: Clock,
): readonly ProofSource[] {
  const paces = new Map(all.map(({ options, pace }) => [originOf(options.url), pace]));
  const limit = networkId === networkIds.devnet ? Number.POSITIVE_INFINITY : requestsPerSecond;
  const named = proofEndpoints.map(originOf);
  const toncenters = all
    .filter(({ options }) => options.url.endsWith("/api/v2/jsonRPC"))
    .map(({ options }) => originOf(options.url));
  return [...new Set([...named, ...toncenters])].map((origin) => {
    const pace = paces.get(origin) ?? new RequestPace(clock, limit);
    return new ProofSource({ origin, clock, pace, requestTimeoutMs });
  });
}
