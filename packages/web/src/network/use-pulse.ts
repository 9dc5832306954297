import { useLive } from "../live/index.ts";
import { currentPulse, type Pulse } from "./pulse.ts";

/** The network as it is now; it is watched as long as something shows it. */
export function usePulse(): Pulse {
  return useLive(currentPulse);
}
