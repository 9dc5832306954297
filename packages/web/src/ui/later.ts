import { createLive, useLive } from "../live/index.ts";

/** A part of the page that is loaded when it is wanted first, so that a first visit does not wait for it. */
export type Later<Part> = {
  /** Loads it, unless it is there or coming. What could not be loaded is tried again when it is wanted again. */
  readonly want: () => void;
  /** It, once it is there; a hook. */
  readonly usePart: () => Part | undefined;
};

export function later<Part>(load: () => Promise<Part>): Later<Part> {
  const part = createLive<Part | undefined>(undefined);
  let isComing = false;
  const fetchPart = async (): Promise<void> => {
    try {
      part.write(await load());
    } catch {
      isComing = false;
    }
  };
  return {
    want: () => {
      if (isComing) return;
      isComing = true;
      void fetchPart();
    },
    usePart: () => useLive(part),
  };
}
