// Everything public, by hand.

export * from "./account/index.ts";
export * from "./api/index.ts";
export * from "./audit/index.ts";
export * from "./carrier/index.ts";
export * from "./chain/index.ts";
export * from "./chat/index.ts";
export * from "./indexed/index.ts";
export * from "./page/index.ts";
export * from "./receipts/index.ts";
export * from "./session/index.ts";
export * from "./spend/index.ts";
