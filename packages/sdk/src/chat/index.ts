export { ChatAnswer, type ChatOptions } from "./answer.ts";
export { type Cocoon, type CocoonModules, createCocoon, type Model } from "./cocoon.ts";
