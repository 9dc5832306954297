// A value that changes while the page is open, and whatever shows it.

import { useSyncExternalStore } from "react";

/** A value to look at. */
export type Shown<Value> = {
  readonly read: () => Value;
  /** Calls the listener after each change, until the returned function is called. */
  readonly onChange: (listener: () => void) => () => void;
};

/** A value to look at and to change. */
export type Live<Value> = Shown<Value> & { readonly write: (next: Value) => void };

export function createLive<Value>(first: Value): Live<Value> {
  let value = first;
  const listeners = new Set<() => void>();
  return {
    read: () => value,
    write: (next) => {
      value = next;
      for (const listener of listeners) listener();
    },
    onChange: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}

/** What it is now; a hook. */
export function useLive<Value>({ onChange, read }: Shown<Value>): Value {
  return useSyncExternalStore(onChange, read);
}
