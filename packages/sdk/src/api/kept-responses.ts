// Responses that an application asks to be kept, so that its next request need not repeat the conversation. They are in
// memory alone: what is kept here is text in clear.

import { CocoonError } from "@cocoon/protocol";
import { isObject } from "./choices.ts";

/** A JSON object. */
type Json = Readonly<Record<string, unknown>>;

export type KeptResponse = {
  /** Who may see it: the reference that its request came with. */
  readonly owner: string;
  /** As it was answered. */
  readonly response: Json;
  /** The conversation up to it and with it, as items of a Responses request. */
  readonly items: readonly unknown[];
};

/** A request, and what is to become of its response. */
export type RecalledRequest = {
  /** With the conversation that it goes on from in its input. */
  readonly body: unknown;
  /** What the response repeats of it. */
  readonly told: { readonly store: boolean; readonly previous_response_id: string | null };
};

/** Of a request that names no other and is not to be kept. */
export const toldNothing = { store: false, previous_response_id: null };

const keptMs = 3_600_000;
const keptLengthMax = 33_554_432;

type Entry = KeptResponse & { readonly length: number; readonly keptAtMs: number };

export class KeptResponses {
  readonly #now: () => number;
  /** The oldest first, which is the order of a Map. */
  readonly #entries = new Map<string, Entry>();
  #length = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  /**
   * Reads `previous_response_id` and `store` of a request; what is none is left to be refused. Instructions are not kept:
   * each request says its own. Throws response_unknown.
   */
  recall(body: unknown, owner: string): RecalledRequest {
    if (!isObject(body)) return { body, told: toldNothing };
    const { previous_response_id: previous, store, ...asked } = body;
    const isNamed = typeof previous === "string";
    const rest = {
      ...asked,
      ...(isNamed && { input: [...this.find(previous, owner).items, ...itemsOf(asked["input"])] }),
      ...(!isNamed && previous !== undefined && { previous_response_id: previous }),
      ...(store !== true && store !== undefined && { store }),
    };
    const told = { store: store === true, previous_response_id: isNamed ? previous : null };
    return { body: rest, told };
  }

  /** Keeps a response to a recalled request. One that is larger than all room is not kept. */
  keep(response: Json, { body }: RecalledRequest, owner: string): void {
    const output = response["output"];
    const items = [
      ...itemsOf(isObject(body) ? body["input"] : undefined),
      ...(Array.isArray(output) ? (output as readonly unknown[]) : []),
    ];
    const length = JSON.stringify([response, items]).length;
    this.#entries.set(idOf(response), { owner, response, items, length, keptAtMs: this.#now() });
    this.#length += length;
    this.#evict();
  }

  /** Throws response_unknown, also for what is another's. */
  find(id: string, owner: string): KeptResponse {
    this.#evict();
    const entry = this.#entries.get(id);
    if (entry?.owner !== owner) throw new CocoonError("response_unknown");
    return entry;
  }

  /** Throws response_unknown. */
  forget(id: string, owner: string): void {
    this.find(id, owner);
    this.#remove(id);
  }

  #evict(): void {
    const nowMs = this.#now();
    for (const [id, { keptAtMs }] of this.#entries) {
      if (this.#length <= keptLengthMax && keptAtMs > nowMs - keptMs) return;
      this.#remove(id);
    }
  }

  #remove(id: string): void {
    this.#length -= this.#entries.get(id)?.length ?? 0;
    this.#entries.delete(id);
  }
}

/** GET /v1/responses/{id}. Throws response_unknown. */
export function serveKept(kept: KeptResponses | undefined, id: string, owner: string): Response {
  if (kept === undefined) throw new CocoonError("response_unknown");
  return Response.json(kept.find(id, owner).response);
}

/** DELETE /v1/responses/{id}. Throws response_unknown. */
export function deleteKept(kept: KeptResponses | undefined, id: string, owner: string): Response {
  if (kept === undefined) throw new CocoonError("response_unknown");
  kept.forget(id, owner);
  return Response.json({ id, object: "response", deleted: true });
}

/** An input that is a text is a message of the user. */
function itemsOf(input: unknown): readonly unknown[] {
  if (Array.isArray(input)) return input;
  return input === undefined ? [] : [{ role: "user", content: input }];
}

function idOf(response: Json): string {
  return String(response["id"]);
}
