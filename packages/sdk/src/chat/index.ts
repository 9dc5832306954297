export { Answer, type AnswerOptions } from "./answer.ts";
export { ChatAnswer } from "./chat-answer.ts";
export { type Cocoon, createCocoon, type Model } from "./cocoon.ts";
export { EmbeddingAnswer, type EmbeddedInputs } from "./embedding-answer.ts";
export type { CocoonModules } from "./modules.ts";
