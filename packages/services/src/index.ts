// Everything public, by hand.

export * from "./auditor/index.ts";
export * from "./channels/index.ts";
export * from "./cockpit/index.ts";
export * from "./collateral/index.ts";
export * from "./config/index.ts";
export * from "./engine/index.ts";
export * from "./gateway/index.ts";
export * from "./http/index.ts";
export * from "./ledger/index.ts";
export * from "./log/index.ts";
export * from "./machine/index.ts";
export * from "./observe/index.ts";
export * from "./proxy/index.ts";
export * from "./site/index.ts";
export * from "./store/index.ts";
export * from "./tee/index.ts";
export * from "./transport/index.ts";
export * from "./weights/index.ts";
export * from "./witness/index.ts";
export * from "./worker/index.ts";
