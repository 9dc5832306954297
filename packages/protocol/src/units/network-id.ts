/**
 * TON's global ids of networks. All that is signed names one, so that nothing signed for one network holds on another.
 * On a devnet alone, the chain needs no proofs and simulated evidence counts.
 */
export const networkIds = { mainnet: -239, testnet: -3, devnet: -7_239 } as const;
