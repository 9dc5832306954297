import { doneEvent, encodeEvent, errorBody, utf8 } from "@cocoon/protocol";

/**
 * A response body of server-sent events, ended by [DONE], or by an event with the error when the source fails: the
 * status has left by then. When the client goes away the source is left early, which stops whatever makes it.
 */
export function eventStream(source: AsyncIterable<object>): ReadableStream<Uint8Array> {
  const events = source[Symbol.asyncIterator]();
  let isLeft = false;
  return new ReadableStream<Uint8Array>({
    pull: async (controller) => {
      const { text, isLast } = await nextEvent(events);
      if (isLeft) return;
      controller.enqueue(utf8(text));
      if (isLast) controller.close();
    },
    cancel: async () => {
      isLeft = true;
      await events.return?.();
    },
  });
}

async function nextEvent(
  events: AsyncIterator<object>,
): Promise<{ readonly text: string; readonly isLast: boolean }> {
  try {
    const next = await events.next();
    if (next.done === true) return { text: doneEvent, isLast: true };
    return { text: encodeEvent(next.value), isLast: false };
  } catch (error) {
    return { text: encodeEvent(errorBody(error).body), isLast: true };
  }
}
