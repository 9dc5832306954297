import type { ReactNode } from "react";
import type { LoggedReceipt } from "../network/index.ts";
import { useLanguage, useText } from "../text/index.ts";
import { formatShortTon, formatTime, useNarrow } from "../ui/index.ts";

type Props = {
  readonly name: string;
  /** Of one model, the newest first. */
  readonly receipts: readonly LoggedReceipt[];
};

const wide = { width: 720, height: 200, left: 64, bottom: 28, top: 14, right: 12 };
/** As wide as it is on a phone, so that its writing stays readable. */
const narrow = { ...wide, width: 330, left: 44 };

/** The price that stands in each receipt, as steps: it changes from one answer to the next, and not between them. */
export function PriceHistory({ name, receipts }: Props): ReactNode {
  const text = useText().market;
  return (
    <section className="section">
      <header>
        <h2>{text.history}</h2>
        <span className="soft small">{text.historyLead(receipts.length)}</span>
      </header>
      <figure className="card chart">
        {receipts.length === 0 ? (
          <p className="soft chart-empty">{text.noHistory}</p>
        ) : (
          <Chart name={name} receipts={receipts.toReversed()} />
        )}
      </figure>
    </section>
  );
}

function Chart({ name, receipts }: Props): ReactNode {
  const { chart } = useText().market;
  const language = useLanguage();
  const points = receipts.map(({ receipt }) => {
    return { atMs: receipt.finishedAtMs, price: Number(receipt.terms.completionPerMillion) };
  });
  const first = points[0]?.atMs ?? 0;
  const last = points.at(-1)?.atMs ?? first;
  const most = Math.max(...points.map(({ price }) => price), 1) * 1.15;
  const isNarrow = useNarrow();
  const { bottom, height, left, right, top, width } = isNarrow ? narrow : wide;
  const x = (ms: number): number =>
    left + ((ms - first) / Math.max(1, last - first)) * (width - left - right);
  const y = (price: number): number => height - bottom - (price / most) * (height - top - bottom);
  const path = points.map(({ atMs, price }, index) =>
    index === 0 ? `M${x(atMs)} ${y(price)}` : `H${x(atMs)}V${y(price)}`,
  );
  const ends = path.length === 1 ? `H${width - right}` : "";
  const marks = [0, 0.5, 1].map((share) => most * share);
  return (
    <svg viewBox={`0 0 ${width} ${height}`} role="img" aria-label={chart(name)} direction="ltr">
      {marks.map((mark) => (
        <g key={mark}>
          <line className="chart-grid" x1={left} x2={width - right} y1={y(mark)} y2={y(mark)} />
          <text x={left - 8} y={y(mark) + 4} textAnchor="end">
            {formatShortTon(BigInt(Math.round(mark / 1e6)) * 1_000_000n)}
          </text>
        </g>
      ))}
      <path className="chart-area" d={`${path.join("")}${ends}V${y(0)}H${left}Z`} />
      <path className="chart-line" d={`${path.join("")}${ends}`} />
      <text x={left} y={height - 6}>
        {formatTime(language, first)}
      </text>
      {last > first && (
        <text x={width - right} y={height - 6} textAnchor="end">
          {formatTime(language, last)}
        </text>
      )}
    </svg>
  );
}
