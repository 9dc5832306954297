import { english, type Text } from "./english.ts";

export const arabic: Text = { ...english };
