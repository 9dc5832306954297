export { isLaunchedByTelegram, openInTelegram, startTelegram } from "./launched.ts";
