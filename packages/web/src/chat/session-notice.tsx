import type { ReactNode } from "react";
import { useLive } from "../live/index.ts";
import { sessionPhase } from "../session/index.ts";
import { useText } from "../text/index.ts";
import { Cocoon } from "../ui/index.ts";

/** What is being done before the first word comes. */
export function SessionNotice(): ReactNode {
  const { chat } = useText();
  const phase = useLive(sessionPhase);
  const isOpening = phase.phase === "opening";
  return (
    <p className="session-notice soft" aria-live="polite">
      <span className="winding">
        <Cocoon wound={isOpening ? 1 : 2} />
      </span>
      {isOpening ? `${chat.preparing}: ${chat.steps[phase.step]}` : chat.thinking}…
    </p>
  );
}
