import type { ReactNode } from "react";

/** Windings of the thread: how far a proof has come. */
const windings = [
  "M12 3.4c4.6 0 7.2 4 7.2 8.6s-2.6 8.6-7.2 8.6-7.2-4-7.2-8.6 2.6-8.6 7.2-8.6",
  "M5.6 9c4.2 2.6 8.6 2.6 12.8 0",
  "M5.6 15c4.2-2.6 8.6-2.6 12.8 0",
] as const;

type Props = {
  /** 0 to 3 windings are drawn in full, the others as a trace. */
  readonly wound: number;
};

/** The project's mark, and the state of a proof: signed, included, anchored are one, two and three windings. */
export function Cocoon({ wound }: Props): ReactNode {
  return (
    <svg
      className="icon"
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.8"
      strokeLinecap="round"
      aria-hidden="true"
    >
      {windings.map((path, index) => (
        <path key={path} d={path} opacity={index < wound ? 1 : 0.25} />
      ))}
    </svg>
  );
}
