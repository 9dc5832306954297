import { type ChatRequest, CocoonError, needsOf } from "@cocoon/protocol";
import type { EngineModel } from "./engine.ts";

/** Refuses a request for another model, or for what this one cannot do. Throws model_unknown, capability_missing. */
export function checkServed(request: ChatRequest, model: EngineModel): void {
  if (request.model !== model.id) throw new CocoonError("model_unknown", { param: "model" });
  for (const { capability, param } of needsOf(request)) {
    if (!model.capabilities.includes(capability)) {
      throw new CocoonError("capability_missing", { param, capability });
    }
  }
}
