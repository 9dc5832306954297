export { ChatAnswer, type ChatOptions } from "./answer.ts";
export { type Cocoon, createCocoon, type Model } from "./cocoon.ts";
export type { CocoonModules } from "./modules.ts";
