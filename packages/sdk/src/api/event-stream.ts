import { doneEvent, encodeEvent, errorBody, utf8 } from "@cocoon/protocol";

/** How an API words its stream of server-sent events. */
export type EventWording<Event> = {
  readonly event: (event: Event) => string;
  /** What follows the last event. */
  readonly end: string;
  /** What stands in place of the rest when the source fails: the status has left by then. */
  readonly failure: (error: unknown) => string;
};

/** OpenAI's wording of chat completions. */
export const chatWording: EventWording<object> = {
  event: encodeEvent,
  end: doneEvent,
  failure: (error) => encodeEvent(errorBody(error).body),
};

/** A response body of server-sent events. When the client goes away the source is left early, which stops whatever makes it. */
export function eventStream<Event extends object>(
  source: AsyncIterable<Event>,
  wording: EventWording<Event> = chatWording,
): ReadableStream<Uint8Array> {
  const events = source[Symbol.asyncIterator]();
  let isLeft = false;
  return new ReadableStream<Uint8Array>({
    pull: async (controller) => {
      let { text, isLast } = await nextEvent(events, wording);
      // Nobody pulls again after a pull that gave nothing.
      while (text === "" && !isLast) ({ text, isLast } = await nextEvent(events, wording));
      if (isLeft) return;
      if (text !== "") controller.enqueue(utf8(text));
      if (isLast) controller.close();
    },
    cancel: async () => {
      isLeft = true;
      await events.return?.();
    },
  });
}

async function nextEvent<Event>(
  events: AsyncIterator<Event>,
  wording: EventWording<Event>,
): Promise<{ readonly text: string; readonly isLast: boolean }> {
  try {
    const next = await events.next();
    if (next.done === true) return { text: wording.end, isLast: true };
    return { text: wording.event(next.value), isLast: false };
  } catch (error) {
    return { text: wording.failure(error), isLast: true };
  }
}
