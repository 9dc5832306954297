export { cellDigest } from "./cell.ts";
export { domainMessage, signDomain, verifyDomain } from "./domain.ts";
