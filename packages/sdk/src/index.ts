// Everything public, by hand.

export * from "./chain/index.ts";
