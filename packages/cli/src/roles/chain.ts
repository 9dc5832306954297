import { networkIds } from "@cocoon/protocol";
import { type ChainClient, createChainClient } from "@cocoon/sdk";
import { chainEndpoints, environment, type Logger, type NetworkConfig } from "@cocoon/services";

const requestTimeoutMs = 10_000;
/** A devnet is near and has a block at once; elsewhere a block comes every 400 ms and endpoints count requests. */
const pollMs = { devnet: 50, elsewhere: 500 };

type ChainConfig = Pick<
  NetworkConfig,
  "endpoints" | "networkId" | "requestsPerSecond" | "proofEndpoints" | "requireProofs"
>;

/**
 * The chain as a role of this network reaches it; with the API key of the environment, if there is one. The log says when
 * accounts that money depends on begin to be read without a proof, and when with one again.
 */
export function openChain(
  { endpoints, networkId, requestsPerSecond, proofEndpoints, requireProofs }: ChainConfig,
  logger?: Logger,
): ChainClient {
  const isDevnet = networkId === networkIds.devnet;
  return createChainClient({
    endpoints: chainEndpoints({ endpoints }, environment().toncenterKey),
    ...(requestsPerSecond !== undefined && { requestsPerSecond }),
    ...(proofEndpoints !== undefined && { proofEndpoints }),
    ...(requireProofs !== undefined && { requireProofs }),
    ...(logger !== undefined && {
      onProofStanding: (standing: "proven" | "unproven", address: string) => {
        if (standing === "proven") logger.event("accounts_proven", { address });
        else logger.warn("accounts_unproven", { address });
      },
    }),
    networkId,
    requestTimeoutMs,
    pollMs: isDevnet ? pollMs.devnet : pollMs.elsewhere,
  });
}
