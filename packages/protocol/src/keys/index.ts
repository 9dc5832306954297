export { cellDigest } from "./cell.ts";
export { signDomain, verifyDomain } from "./domain.ts";
