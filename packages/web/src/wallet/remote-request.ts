// A payment that waits in another app, until its owner has agreed or refused there.

export type RemoteRequest = {
  /** What its maker calls it. */
  readonly app: string;
  /** Opens it. */
  readonly link: string;
};

let request: RemoteRequest | undefined;
const listeners = new Set<() => void>();

export function remoteRequest(): RemoteRequest | undefined {
  return request;
}

export function onRemoteRequest(listener: () => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

/** `undefined`: none waits, or nobody needs to be told of it any more. */
export function showRemoteRequest(next: RemoteRequest | undefined): void {
  request = next;
  for (const listener of listeners) listener();
}
