import { doneEvent, encodeEvent, errorBody, utf8 } from "@cocoon/protocol";

/**
 * A response body of server-sent events, ended by [DONE], or by an event with the error when the source fails: the
 * status has left by then. When the client goes away the source is left early, which stops whatever makes it.
 */
export function eventStream(source: AsyncIterable<object>): ReadableStream<Uint8Array> {
  const events = source[Symbol.asyncIterator]();
  return new ReadableStream<Uint8Array>({
    pull: async (controller) => {
      try {
        const next = await events.next();
        if (next.done !== true) {
          controller.enqueue(utf8(encodeEvent(next.value)));
          return;
        }
        controller.enqueue(utf8(doneEvent));
      } catch (error) {
        controller.enqueue(utf8(encodeEvent(errorBody(error).body)));
      }
      controller.close();
    },
    cancel: async () => {
      await events.return?.();
    },
  });
}
