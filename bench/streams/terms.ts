/** Of a network that is nowhere: the two ends only have to name the same. */
export const networkId = -7_239;
export const rootAddress = `0:${"40".repeat(32)}` as const;
