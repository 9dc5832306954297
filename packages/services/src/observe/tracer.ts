// Spans as OpenTelemetry knows them, sent as OTLP over HTTP in JSON. What a span may say is what a log line may.

import { randomBytes } from "node:crypto";
import { guardFields, type LogFields } from "./fields.ts";

/** Where a span belongs: its trace, and the span that it is part of. */
export type SpanContext = { readonly traceId: string; readonly spanId: string };

export type SpanTimes = { readonly startedAtMs: number; readonly endedAtMs: number };

export type TracerOptions = {
  /** Of a collector, such as `http://127.0.0.1:4318`: OTEL_EXPORTER_OTLP_ENDPOINT. */
  readonly endpoint: string;
  readonly serviceName: string;
  readonly fetch?: typeof globalThis.fetch;
  readonly onFailed: (error: unknown) => void;
};

type Attributes = Readonly<Record<string, number | boolean | string>>;

type Span = SpanContext &
  SpanTimes & {
    readonly parentSpanId: string | undefined;
    readonly name: string;
    readonly kind: "server" | "internal";
    readonly attributes: Attributes;
    /** The code of what failed. */
    readonly failure: string | undefined;
  };

export type SpanRequest<Fields> = SpanTimes & {
  readonly context: SpanContext;
  readonly parentSpanId?: string | undefined;
  readonly kind?: "server" | "internal";
  readonly fields?: Fields & LogFields<Fields>;
  readonly failure?: string | undefined;
};

/** More wait for a collector that is away; the oldest are dropped. */
const waitingMax = 2_048;
const exportTimeoutMs = 10_000;
const kinds = { internal: 1, server: 2 } as const;

/** Collects spans that are over, and sends them when told. */
export class Tracer {
  readonly #options: TracerOptions;
  #waiting: Span[] = [];

  constructor(options: TracerOptions) {
    this.#options = options;
  }

  /** The name is written in the code, and the fields are guarded as a log line's. */
  record<const Name extends string, Fields extends object>(
    name: string extends Name ? never : Name,
    { context, fields, parentSpanId, kind = "internal", failure, ...times }: SpanRequest<Fields>,
  ): void {
    const attributes = guardFields(fields ?? {});
    this.#waiting.push({ ...context, ...times, parentSpanId, name, kind, attributes, failure });
    if (this.#waiting.length > waitingMax) this.#waiting.shift();
  }

  /** Sends what waits. What a collector does not take is dropped: a trace is no record. */
  async flush(): Promise<void> {
    const spans = this.#waiting;
    if (spans.length === 0) return;
    this.#waiting = [];
    const { endpoint, onFailed, fetch = globalThis.fetch } = this.#options;
    try {
      const response = await fetch(`${endpoint.replace(/\/+$/, "")}/v1/traces`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(this.#encode(spans)),
        signal: AbortSignal.timeout(exportTimeoutMs),
      });
      await response.body?.cancel();
      if (!response.ok) onFailed(new Error("the collector refuses"));
    } catch (error) {
      onFailed(error);
    }
  }

  #encode(spans: readonly Span[]): object {
    const resource = { attributes: attributesOf({ "service.name": this.#options.serviceName }) };
    const scopeSpans = [{ scope: { name: "cocoon" }, spans: spans.map(encodeSpan) }];
    return { resourceSpans: [{ resource, scopeSpans }] };
  }
}

/** A span of its own in the trace that the caller names by W3C Trace Context's header, else in a new one. */
export function spanWithin(traceparent: string | undefined): {
  readonly context: SpanContext;
  readonly parentSpanId: string | undefined;
} {
  const match = /^[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}/.exec(traceparent ?? "");
  const [, traceId = "", parentSpanId = ""] = match ?? [];
  const isValid = /[1-9a-f]/.test(traceId) && /[1-9a-f]/.test(parentSpanId);
  const spanId = randomBytes(8).toString("hex");
  if (isValid) return { context: { traceId, spanId }, parentSpanId };
  return { context: { traceId: randomBytes(16).toString("hex"), spanId }, parentSpanId: undefined };
}

/** A span inside another. */
export function spanInside({ traceId, spanId }: SpanContext): {
  readonly context: SpanContext;
  readonly parentSpanId: string;
} {
  return { context: { traceId, spanId: randomBytes(8).toString("hex") }, parentSpanId: spanId };
}

function encodeSpan(span: Span): object {
  const { traceId, spanId, parentSpanId, name, kind, attributes, failure } = span;
  return {
    traceId,
    spanId,
    ...(parentSpanId !== undefined && { parentSpanId }),
    name,
    kind: kinds[kind],
    startTimeUnixNano: nanoseconds(span.startedAtMs),
    endTimeUnixNano: nanoseconds(span.endedAtMs),
    attributes: attributesOf(attributes),
    status: failure === undefined ? { code: 1 } : { code: 2, message: failure },
  };
}

function nanoseconds(timeMs: number): string {
  return (BigInt(Math.round(timeMs * 1_000)) * 1_000n).toString();
}

function attributesOf(attributes: Attributes): readonly object[] {
  return Object.entries(attributes).map(([key, value]) => ({ key, value: valueOf(value) }));
}

function valueOf(value: number | boolean | string): object {
  if (typeof value === "string") return { stringValue: value };
  if (typeof value === "boolean") return { boolValue: value };
  return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value };
}
