/** Asks, and calls `sent` when the request leaves: what comes back after that may be older than a later question. */
export type Asking<Value> = (sent: () => void) => Promise<Value>;

/**
 * Makes one request of identical questions that wait for their turn. A question that comes when the request is on its
 * way already gets a request of its own, so that every answer is at least as new as its question.
 */
export function shareUntilSent<Value>(): (key: string, ask: Asking<Value>) => Promise<Value> {
  const waiting = new Map<string, Promise<Value>>();
  return (key, ask) => {
    const shared = waiting.get(key);
    if (shared !== undefined) return shared;
    let isSent = false;
    const asking = ask(() => {
      isSent = true;
      waiting.delete(key);
    });
    if (!isSent) waiting.set(key, asking);
    const forget = (): void => {
      if (waiting.get(key) === asking) waiting.delete(key);
    };
    void asking.then(forget, forget);
    return asking;
  };
}
