// Which language the page speaks, kept on this machine. English is always there; the others are loaded when chosen.

import { createLive, type Shown } from "../live/index.ts";
import { english, type Text } from "./english/index.ts";

/** Each by its own name, and how its lines run. */
export const languages = {
  en: { name: "English", direction: "ltr" },
  ar: { name: "العربية", direction: "rtl" },
  ja: { name: "日本語", direction: "ltr" },
} as const;

export type Language = keyof typeof languages;

const storedAs = "cocoon.language";

const load: Readonly<Record<Language, () => Promise<Text>>> = {
  en: () => Promise.resolve(english),
  ar: async () => (await import("./arabic/index.ts")).arabic,
  ja: async () => (await import("./japanese/index.ts")).japanese,
};

type Speech = { readonly language: Language; readonly text: Text };

const speech = createLive<Speech>({ language: "en", text: english });

export const currentSpeech: Shown<Speech> = speech;

/** Speaks a language from now on, and at the next visit. */
export async function speak(language: Language): Promise<void> {
  const text = await load[language]();
  localStorage.setItem(storedAs, language);
  document.documentElement.lang = language;
  document.documentElement.dir = languages[language].direction;
  speech.write({ language, text });
}

/** What was chosen here before, else what the browser asks for first, else English. */
export function preferredLanguage(): Language {
  const wished = [localStorage.getItem(storedAs) ?? "", ...navigator.languages];
  const found = wished.map((tag) => tag.slice(0, 2)).find((tag) => tag in languages);
  return isLanguage(found) ? found : "en";
}

export function isLanguage(tag: string | undefined): tag is Language {
  return tag !== undefined && Object.hasOwn(languages, tag);
}
