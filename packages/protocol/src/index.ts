// Everything public, by hand.

export * from "./anthropic/index.ts";
export * from "./attestation/index.ts";
export * from "./bytes/index.ts";
export * from "./cockpit/index.ts";
export * from "./codec/index.ts";
export * from "./cose/index.ts";
export * from "./der/index.ts";
export * from "./errors/index.ts";
export * from "./keys/index.ts";
export * from "./openai/index.ts";
export * from "./payment/index.ts";
export * from "./primitives/index.ts";
export * from "./receipt/index.ts";
export * from "./responses/index.ts";
export * from "./sealing/index.ts";
export * from "./tier/index.ts";
export * from "./tlog/index.ts";
export * from "./units/index.ts";
export * from "./wire/index.ts";
