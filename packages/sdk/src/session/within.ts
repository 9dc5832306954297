import { CocoonError, type Conversation } from "@cocoon/protocol";

/** How long a proxy may take for an answer that it has at hand, or has to ask the chain for. */
export const replyTimeoutMs = 30_000;

/** Settles as the reply does. When that takes longer the conversation is given up, which rejects it with peer_timeout. */
export async function within<Value>(
  timeoutMs: number,
  conversation: Conversation,
  reply: Promise<Value>,
): Promise<Value> {
  const timer = setTimeout(
    () => conversation.fail(new CocoonError("peer_timeout", { timeoutMs })),
    timeoutMs,
  );
  try {
    return await reply;
  } finally {
    clearTimeout(timer);
  }
}
