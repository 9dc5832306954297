export type BodyWatch = {
  readonly onPiece?: (piece: Uint8Array) => void;
  /** Once: the body has come to its end, failed, or was left. */
  readonly onEnd: () => Promise<void> | void;
};

/** The same response, watched. */
export function watchBody(response: Response, { onPiece, onEnd }: BodyWatch): Response {
  const body: ReadableStream<Uint8Array> | null = response.body;
  const reader = body?.getReader();
  const watched = new ReadableStream<Uint8Array>({
    pull: async (controller) => {
      const next = await reader?.read();
      if (next === undefined || next.done) {
        await onEnd();
        controller.close();
        return;
      }
      onPiece?.(next.value);
      controller.enqueue(next.value);
    },
    cancel: async () => {
      await reader?.cancel();
      await onEnd();
    },
  });
  const { status, headers } = response;
  return new Response(watched, { status, headers });
}
