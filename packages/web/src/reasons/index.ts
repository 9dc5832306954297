export { Failure } from "./failure.tsx";
export { type Reasons, useReasons } from "./reasons.ts";
