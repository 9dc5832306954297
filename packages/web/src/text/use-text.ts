import { useSyncExternalStore } from "react";
import type { Text } from "./english/index.ts";
import { currentSpeech, type Language, onSpeechChange } from "./language.ts";

/** All that the page says, in the language that it speaks now. */
export function useText(): Text {
  return useSyncExternalStore(onSpeechChange, currentSpeech).text;
}

export function useLanguage(): Language {
  return useSyncExternalStore(onSpeechChange, currentSpeech).language;
}
