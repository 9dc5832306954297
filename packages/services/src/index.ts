// Everything public, by hand.

export * from "./engine/index.ts";
export * from "./observe/index.ts";
export * from "./store/index.ts";
export * from "./tee/index.ts";
export * from "./transport/index.ts";
