import type { ReactNode } from "react";
import { usePulse } from "../network/index.ts";
import { useText } from "../text/index.ts";
import { useNow } from "../ui/index.ts";

const freshMs = 8_000;

/** Whether what is shown is of now. */
export function Liveness(): ReactNode {
  const { app, network: text } = useText();
  const { proxies } = usePulse();
  const nowMs = useNow();
  const heardAtMs = Math.max(0, ...proxies.map((proxy) => proxy.heardAtMs ?? 0));
  if (heardAtMs === 0) {
    const isAway = proxies.some((proxy) => proxy.isAway);
    return (
      <span className={`tag ${isAway ? "bad" : ""}`}>
        {isAway ? text.unreachable : `${app.loading}…`}
      </span>
    );
  }
  const isFresh = nowMs - heardAtMs < freshMs;
  return (
    <span className={`tag ${isFresh ? "good" : "caution"}`}>
      {isFresh && <span className="dot" />}
      {isFresh ? text.live : text.stale(Math.round((nowMs - heardAtMs) / 1_000))}
    </span>
  );
}
