import {
  CocoonError,
  type EmbeddingEvent,
  type EmbeddingRequest,
  readEmbeddingEvent,
  type UsageBody,
} from "@cocoon/protocol";
import { Answer, type Question } from "./answer.ts";
import type { CocoonModules } from "./modules.ts";

/** A vector for each input, in their order. */
export type EmbeddedInputs = {
  readonly vectors: readonly Float32Array[];
  readonly usage: UsageBody;
};

export class EmbeddingAnswer extends Answer<EmbeddingEvent> {
  readonly request: EmbeddingRequest;

  constructor(modules: CocoonModules, request: EmbeddingRequest, question: Question) {
    super(modules, question, (text) => readEmbeddingEvent(text, "peer_misbehaved"));
    this.request = request;
  }

  /** Throws peer_misbehaved, too, when a vector is missing. */
  async embedded(): Promise<EmbeddedInputs> {
    const vectors: Float32Array[] = [];
    let usage: UsageBody | undefined;
    for (const event of await this.whole()) {
      if ("usage" in event) usage = event.usage;
      else if (event.index === vectors.length) vectors.push(event.vector);
      else throw new CocoonError("peer_misbehaved", { field: "index" });
    }
    if (usage === undefined || vectors.length !== this.request.inputs.length) {
      throw new CocoonError("peer_misbehaved", { reason: "not every input is embedded" });
    }
    return { vectors, usage };
  }
}
