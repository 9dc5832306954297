export { type ErrorFields, errorFields } from "./error-fields.ts";
export type { LogFields, TextField } from "./fields.ts";
export { createLogger, type Logger, type LoggerOptions, type LogLevel } from "./logger.ts";
export { startTicker, type Ticker } from "./ticker.ts";
