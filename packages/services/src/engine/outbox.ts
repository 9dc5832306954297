import { type ChildEvent, isLast } from "./llama-messages.ts";

/** Sending a message costs about 0.1 ms; a fast model makes a token in less. */
const flushAfterMs = 10;

/** Gathers events so that one message carries many tokens. The first of a request and its last go out at once. */
export class Outbox {
  readonly #send: (events: readonly ChildEvent[]) => void;
  readonly #begun = new Set<number>();
  #events: ChildEvent[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(send: (events: readonly ChildEvent[]) => void) {
    this.#send = send;
  }

  put(event: ChildEvent): void {
    this.#events.push(event);
    if (event.kind === "delta" && this.#begun.has(event.id)) {
      this.#timer ??= setTimeout(() => this.flush(), flushAfterMs);
      return;
    }
    if (event.kind === "delta") this.#begun.add(event.id);
    if (isLast(event)) this.#begun.delete(event.id);
    this.flush();
  }

  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#events.length === 0) return;
    const events = joinDeltas(this.#events);
    this.#events = [];
    this.#send(events);
  }
}

/** One delta a request, in the place of its first: the order within a request is kept. */
function joinDeltas(events: readonly ChildEvent[]): readonly ChildEvent[] {
  const joined: ChildEvent[] = [];
  const placeOf = new Map<number, number>();
  for (const event of events) {
    const place = placeOf.get(event.id);
    const before = place === undefined ? undefined : joined[place];
    if (event.kind === "delta" && place !== undefined && before?.kind === "delta") {
      const tokenIds = [...before.tokenIds, ...event.tokenIds];
      joined[place] = { ...event, text: before.text + event.text, tokenIds };
    } else {
      placeOf.set(event.id, joined.length);
      joined.push(event);
    }
  }
  return joined;
}
