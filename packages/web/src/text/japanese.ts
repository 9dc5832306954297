import { english, type Text } from "./english.ts";

export const japanese: Text = { ...english };
