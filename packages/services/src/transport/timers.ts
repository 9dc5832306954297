/** Time, as the transport needs it. Each function returns one that cancels. */
export type Timers = {
  /** A clock that only grows, in milliseconds. */
  nowMs(): number;
  /** Calls once after a delay. A pending call keeps the process alive. */
  after(delayMs: number, callback: () => void): () => void;
  /** Calls again and again. It does not keep the process alive. */
  every(periodMs: number, callback: () => void): () => void;
};

/** The timers of this process. */
export const systemTimers: Timers = {
  nowMs: () => performance.now(),
  after: (delayMs, callback) => {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
  every: (periodMs, callback) => {
    const timer = setInterval(callback, periodMs);
    timer.unref();
    return () => clearInterval(timer);
  },
};
