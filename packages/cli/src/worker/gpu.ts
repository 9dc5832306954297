// What the embedded engine of a worker runs on.

import { CocoonError } from "@cocoon/protocol";
import type { EngineConfig, EngineGpu } from "@cocoon/services";

/** Throws option_invalid for a backend, which has a GPU of its own. */
export function onGpu(engine: EngineConfig, gpu: EngineGpu | undefined): EngineConfig {
  if (gpu === undefined) return engine;
  if (engine.kind === "llama") return { ...engine, gpu };
  throw new CocoonError("option_invalid", {
    option: "--gpu",
    reason: "is for the embedded engine: a backend chooses by itself",
  });
}
