export { type ErrorFields, errorFields } from "./error-fields.ts";
export type { LogFields, TextField } from "./fields.ts";
export { createLogger, type Logger, type LoggerOptions, type LogLevel } from "./logger.ts";
export { type Counter, type Histogram, type Labels, Metrics } from "./metrics.ts";
export {
  type SpanContext,
  spanInside,
  type SpanRequest,
  type SpanTimes,
  spanWithin,
  Tracer,
  type TracerOptions,
} from "./tracer.ts";
export { startTicker, type Ticker } from "./ticker.ts";
