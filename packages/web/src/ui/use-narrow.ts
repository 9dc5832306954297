import { useSyncExternalStore } from "react";

const narrow = matchMedia("(max-width: 40rem)");

/** Whether the page is as narrow as a phone: a drawing is made smaller then, so that its writing is not. */
export function useNarrow(): boolean {
  return useSyncExternalStore(
    (listener) => {
      narrow.addEventListener("change", listener);
      return () => narrow.removeEventListener("change", listener);
    },
    () => narrow.matches,
  );
}
