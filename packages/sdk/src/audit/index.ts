export { encodeCoseStatement } from "./cose-statement.ts";
export { type DetailName, details, fillDetail } from "./details.ts";
export { disclose, type DisclosedField, type Disclosure, openContent } from "./disclosure.ts";
export type { ProofFacts } from "./facts.ts";
export { requireWitnesses, type WitnessQuorum } from "./log-checks.ts";
export {
  createCheckpointVerifier,
  type ProxyLog,
  type ReceiptState,
  receiptState,
  verifyLogProof,
} from "./log-proof.ts";
export {
  encodePolicySnapshot,
  parsePolicySnapshot,
  type PolicySnapshot,
} from "./policy-snapshot.ts";
export {
  buildProofFile,
  encodeProofFile,
  parseProofFile,
  type ProofFile,
  proofFormat,
  proofLengthMax,
  type ProofParts,
} from "./proof-file.ts";
export type { Check, CheckId, Finding } from "./verdict.ts";
export { type ProofVerification, type Verdict, verifyProofFile } from "./verify-proof-file.ts";
