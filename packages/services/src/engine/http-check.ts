import { CocoonError } from "@cocoon/protocol";
import { HttpBackend, type HttpBackendOptions } from "./http-backend.ts";

const timeoutMs = 10_000;

/** Asks a backend for its models and for nothing else. Throws engine_unavailable when it does not answer or lost the model. */
export async function checkHttpEngine(
  options: HttpBackendOptions & { readonly model: string },
): Promise<void> {
  const models = await new HttpBackend(options).models(AbortSignal.timeout(timeoutMs));
  if (models === undefined || models.some(({ id }) => id === options.model)) return;
  throw new CocoonError("engine_unavailable", { reason: "the model is not listed" });
}
