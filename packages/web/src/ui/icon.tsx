import type { ReactNode } from "react";

/** Strokes in a square of 24; drawn for this project. */
const strokes = {
  chat: [
    "M4 6.5A2.5 2.5 0 0 1 6.5 4h11A2.5 2.5 0 0 1 20 6.5v7a2.5 2.5 0 0 1-2.5 2.5H11l-5 4v-4.1A2.5 2.5 0 0 1 4 13.5z",
  ],
  network: [
    "M12 5.5v5M12 10.5 6 17M12 10.5l6 6.5",
    "M12 5.5a1.8 1.8 0 1 0 0-3.6 1.8 1.8 0 0 0 0 3.6M5 20.6a1.8 1.8 0 1 0 0-3.6 1.8 1.8 0 0 0 0 3.6M19 20.6a1.8 1.8 0 1 0 0-3.6 1.8 1.8 0 0 0 0 3.6",
  ],
  market: ["M4 19.5h16M6.5 16v-5M11 16V6M15.5 16V9M19.5 16v-3"],
  cockpit: [
    "M4.5 17.5a8.5 8.5 0 1 1 15 0M12 14l4-5",
    "M12 15.4a1.4 1.4 0 1 0 0-2.8 1.4 1.4 0 0 0 0 2.8",
  ],
  verify: [
    "M12 3.2 19 6v5.4c0 4.3-2.9 7.6-7 9.4-4.1-1.8-7-5.1-7-9.4V6z",
    "m8.8 12 2.3 2.3 4.3-4.6",
  ],
  holds: ["m5 12.5 4.6 4.6L19 7.5"],
  fails: ["M6.5 6.5l11 11M17.5 6.5l-11 11"],
  unknown: ["M9.2 9.2a2.9 2.9 0 1 1 4.3 2.5c-.9.5-1.5 1.1-1.5 2.3M12 17.7v.1"],
  send: ["M12 19V5.5M6.2 11.2 12 5.4l5.8 5.8"],
  stop: ["M7.5 7.5h9v9h-9z"],
  again: ["M19 12a7 7 0 1 1-2.2-5.1M19 4v4h-4"],
  copy: ["M9 9h9.5v10.5H9z", "M6 15.5V4.5h9"],
  attach: [
    "M18.5 11.5 12 18a4 4 0 0 1-5.7-5.7l7-7a2.7 2.7 0 0 1 3.8 3.8l-7 7a1.3 1.3 0 0 1-1.9-1.9l6-6",
  ],
  download: ["M12 4v11M7.5 10.7 12 15.2l4.5-4.5M5 19.5h14"],
  close: ["M6.5 6.5l11 11M17.5 6.5l-11 11"],
  plus: ["M12 5v14M5 12h14"],
  sun: [
    "M12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8M12 2.5v2M12 19.5v2M4.7 4.7l1.4 1.4M17.9 17.9l1.4 1.4M2.5 12h2M19.5 12h2M4.7 19.3l1.4-1.4M17.9 6.1l1.4-1.4",
  ],
  moon: ["M19.5 14.2A7.8 7.8 0 0 1 9.8 4.5a7.8 7.8 0 1 0 9.7 9.7z"],
  system: ["M4 5.5h16v10H4zM9 19.5h6M12 15.5v4"],
  language: [
    "M12 20.5a8.5 8.5 0 1 0 0-17 8.5 8.5 0 0 0 0 17M3.5 12h17M12 3.5c2.6 2.7 3.5 5.5 3.5 8.5s-.9 5.8-3.5 8.5c-2.6-2.7-3.5-5.5-3.5-8.5s.9-5.8 3.5-8.5",
  ],
  warning: ["M12 4.2 21 19.5H3zM12 10v4.5M12 17v.1"],
  wallet: [
    "M4 7.5A2.5 2.5 0 0 1 6.5 5H17v3M4 7.5A2.5 2.5 0 0 0 6.5 10H20v9.5H6.5A2.5 2.5 0 0 1 4 17zM16 14.7v.1",
  ],
  lock: ["M6.5 10.5h11v9h-11zM8.5 10.5V8a3.5 3.5 0 0 1 7 0v2.5"],
  bin: ["M5 7h14M9.5 7V4.5h5V7M7 7l.8 12.5h8.4L17 7"],
} as const satisfies Readonly<Record<string, readonly string[]>>;

export type IconName = keyof typeof strokes;

/** Decoration: the text beside it says the same. */
export function Icon({ name }: { readonly name: IconName }): ReactNode {
  return (
    <svg
      className="icon"
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.7"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      {strokes[name].map((path) => (
        <path key={path} d={path} />
      ))}
    </svg>
  );
}
