export { type AccountState } from "./account.ts";
export { type AnswerListener, type Burst, type CompletedAnswer, RunningAnswer } from "./answer.ts";
export { keepSessions, type ReachableProxy, type SessionsOptions } from "./keep-sessions.ts";
export { ProxySession, type SessionOptions } from "./proxy-session.ts";
export { ResumableSessions } from "./resumable-sessions.ts";
export { SessionKeeper, type SessionKeeperOptions, type SessionTurn } from "./session-keeper.ts";
export { type PooledProxy, SessionPool } from "./session-pool.ts";
export { type Wish } from "./wish.ts";
