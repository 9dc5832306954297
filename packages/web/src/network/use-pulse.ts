import { useSyncExternalStore } from "react";
import { currentPulse, type Pulse, watchPulse } from "./pulse.ts";

/** The network as it is now; it is watched as long as something shows it. */
export function usePulse(): Pulse {
  return useSyncExternalStore(watchPulse, currentPulse);
}
