// Everything public, by hand.

export * from "./store/index.ts";
