export { type BuiltBundle, type BundleRequest, buildBundle, renewAtMs } from "./bundle.ts";
export { createIdentity, type WorkerIdentity } from "./identity.ts";
