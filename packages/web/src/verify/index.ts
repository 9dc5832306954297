export { type Judged, judge, profiles } from "./judge.ts";
export { VerdictView } from "./verdict-view.tsx";
export { VerifyScreen } from "./verify-screen.tsx";
