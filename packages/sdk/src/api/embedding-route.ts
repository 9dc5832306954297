// POST /v1/embeddings: texts in, vectors out.

import {
  CocoonError,
  embeddingTokensBound,
  parseEmbeddingRequest,
  vectorToBase64,
} from "@cocoon/protocol";
import type { Cocoon } from "../chat/index.ts";
import { type AskRoute, wholeAnswer } from "./ask-route.ts";
import { sumOf } from "./choices.ts";

/** A list that is longer than this many requests to the network is refused. */
const requestsMax = 64;

export const embeddingRoute: AskRoute = {
  path: "/v1/embeddings",
  serve: async (cocoon, { body, options }) => {
    const { model, inputs, encoding } = parseEmbeddingRequest(body);
    const groups = groupsOf(inputs, await contextOf(cocoon, model));
    const answers = await Promise.all(
      groups.map((input) => cocoon.embed({ model, input }, options)),
    );
    const parts = await Promise.all(answers.map((answer) => answer.embedded()));
    const { completion_tokens: _none, ...usage } = sumOf(parts.map((part) => part.usage));
    const data = parts
      .flatMap(({ vectors }) => vectors)
      .map((vector, index) => {
        const embedding = encoding === "base64" ? vectorToBase64(vector) : [...vector];
        return { object: "embedding", index, embedding };
      });
    return await wholeAnswer(cocoon, answers, { object: "list", data, model, usage });
  },
};

async function contextOf(cocoon: Cocoon, name: string): Promise<number> {
  const model = (await cocoon.models()).find((listed) => listed.name === name);
  if (model === undefined) throw new CocoonError("model_unknown", { param: "model" });
  return model.contextTokens;
}

/** The texts in their order, as many to a request as surely fit the model's context. */
function groupsOf(inputs: readonly string[], contextTokens: number): readonly string[][] {
  const groups: string[][] = [];
  let room = 0;
  for (const input of inputs) {
    const bound = embeddingTokensBound([input]);
    if (bound > room) {
      groups.push([]);
      room = contextTokens;
    }
    groups.at(-1)?.push(input);
    room -= bound;
  }
  if (groups.length > requestsMax) {
    throw new CocoonError("request_too_large", { param: "input", requestsMax });
  }
  return groups;
}
