import { Connection, type ConnectionOptions } from "./connection.ts";
import type { Carrier } from "./outbox.ts";

/** Two connections that are each other's peer. */
export type ConnectionPair = {
  readonly dialer: Connection;
  readonly listener: Connection;
  /** Breaks the carrier, as a pulled cable does. */
  readonly cut: () => void;
};

/**
 * Both ends of a connection inside one process, without HELLO. Bytes cross in a microtask, and the sender is
 * held back until they have.
 */
export function createConnectionPair(
  options: Pick<ConnectionOptions, "streamsMax"> = {},
): ConnectionPair {
  let isCut = false;
  const dialer: Connection = new Connection({
    ...options,
    side: "dialer",
    carrier: carrierTo(() => listener),
  });
  const listener: Connection = new Connection({
    ...options,
    side: "listener",
    carrier: carrierTo(() => dialer),
  });
  const cut = (): void => {
    if (isCut) return;
    isCut = true;
    dialer.carrierClosed();
    listener.carrierClosed();
  };

  function carrierTo(peer: () => Connection): Carrier {
    return {
      write: (chunks) => {
        queueMicrotask(() => {
          if (isCut) return;
          for (const chunk of chunks) peer().receive(chunk);
          (peer() === dialer ? listener : dialer).drained();
        });
        return false;
      },
      schedule: (flush) => queueMicrotask(flush),
      close: () => queueMicrotask(cut),
    };
  }

  return { dialer, listener, cut };
}
