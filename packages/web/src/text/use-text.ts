import { useLive } from "../live/index.ts";
import type { Text } from "./english/index.ts";
import { currentSpeech, type Language } from "./language.ts";

/** All that the page says, in the language that it speaks now. */
export function useText(): Text {
  return useLive(currentSpeech).text;
}

export function useLanguage(): Language {
  return useLive(currentSpeech).language;
}
