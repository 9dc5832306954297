/** TON's global ids of networks. What is signed names one, so that nothing signed for one network holds on another. */
export const networkIds = { mainnet: -239, testnet: -3, devnet: -7_239 } as const;
