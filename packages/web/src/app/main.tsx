// Where the page begins.

import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { isLaunchedByTelegram, startTelegram } from "../telegram/index.ts";
import { preferredLanguage, speak } from "../text/index.ts";
import { applyTheme, StrictStyles } from "../ui/index.ts";
import { Shell } from "./shell.tsx";

void begin();
// What was loaded once is there without a network: see offline.js. It fetches every file, so it begins last.
if (document.readyState === "complete") keepOffline();
else addEventListener("load", keepOffline, { once: true });

/** Not awaited by this module: what it loads imports this module's file, and each would wait for the other. */
async function begin(): Promise<void> {
  applyTheme();
  if (isLaunchedByTelegram()) await startTelegram();
  const place = document.querySelector("#app");
  if (place === null) throw new Error("no place for the page");
  await speak(preferredLanguage());
  createRoot(place).render(
    <StrictMode>
      <StrictStyles>
        <Shell />
      </StrictStyles>
    </StrictMode>,
  );
}

function keepOffline(): void {
  if (location.protocol !== "file:") void navigator.serviceWorker?.register("./offline.js");
}
