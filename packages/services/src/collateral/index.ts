export { type AmdSource, amdSources } from "./amd.ts";
export { type IntelSource, intelSources } from "./intel.ts";
export {
  CollateralKeeper,
  type CollateralKeeperOptions,
  type CollateralQuestion,
  type CollateralSources,
} from "./keeper.ts";
export { respellPem } from "./spelling.ts";
