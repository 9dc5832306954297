export { Failure } from "./failure.tsx";
export { useReasons } from "./reasons.ts";
export type { Reasons } from "./sentences.ts";
