import type { Answer } from "@cocoon/sdk";

/** How far an answer has come, whatever it says. */
export type AnswerState = Pick<Answer<never>, "running" | "completed">;

/** An answer on its way to the application, and what it is made of. */
export type Served = {
  readonly response: Response;
  /** Complete when the response's body has come to its end, unless it failed. */
  readonly answers: readonly AnswerState[];
};

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
