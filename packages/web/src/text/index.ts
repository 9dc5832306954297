export type { Text } from "./english/index.ts";
export { isLanguage, type Language, languages, preferredLanguage, speak } from "./language.ts";
export { useLanguage, useText } from "./use-text.ts";
