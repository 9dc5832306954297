export { type CockpitAccess, readAccess } from "./access.ts";
export {
  type CockpitOptions,
  type CockpitView,
  type RunningCockpit,
  serveCockpit,
} from "./serve.ts";
export { cockpitView, daysOf } from "./view.ts";
