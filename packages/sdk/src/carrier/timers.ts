/** Time, as carriers need it. Each function returns one that cancels. */
export type Timers = {
  /** A clock that only grows, in milliseconds. */
  nowMs(): number;
  /** Calls once after a delay. In Node a pending call keeps the process alive. */
  after(delayMs: number, callback: () => void): () => void;
  /** Calls again and again. It does not keep the process alive. */
  every(periodMs: number, callback: () => void): () => void;
};

/** The timers of this process or page. */
export const systemTimers: Timers = {
  nowMs: () => performance.now(),
  after: (delayMs, callback) => {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
  every: (periodMs, callback) => {
    const timer = setInterval(callback, periodMs);
    // A browser's timer is a number, and keeps nothing alive.
    if (typeof timer === "object") timer.unref();
    return () => clearInterval(timer);
  },
};
