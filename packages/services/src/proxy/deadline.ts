import { CocoonError } from "@cocoon/protocol";

/** A client that was made an offer must start to send within this, go on sending, and acknowledge. */
export const clientTimeoutMs = 30_000;

/** Settles as the promise does, or rejects with peer_timeout when it takes longer. */
export async function withDeadline<Value>(
  promise: Promise<Value>,
  timeoutMs: number,
): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new CocoonError("peer_timeout", { timeoutMs })), timeoutMs);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
