// Everything public, by hand.

export * from "./observe/index.ts";
export * from "./store/index.ts";
