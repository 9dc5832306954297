import type { EarningsRow } from "@cocoon/protocol";
import type { ReactNode } from "react";
import { useText } from "../text/index.ts";
import { formatShortTon, Icon, useNarrow } from "../ui/index.ts";
import { earningsCsv, earningsPerDay } from "./earnings-csv.ts";
import { forecastDaysMin, forecastOf } from "./forecast.ts";

const wide = { width: 720, height: 180, bottom: 24, top: 18 };
/** As wide as it is on a phone, so that its writing stays readable. */
const narrow = { ...wide, width: 320 };
const daysShown = { wide: 30, narrow: 7 };

/** What was earned on each day, and the same by model as a file. */
export function Earnings({ rows }: { readonly rows: readonly EarningsRow[] }): ReactNode {
  const { cockpit: text } = useText();
  const isNarrow = useNarrow();
  const days = earningsPerDay(rows).slice(-daysShown[isNarrow ? "narrow" : "wide"]);
  return (
    <section className="section">
      <header>
        <h2>{text.earnings}</h2>
        <button
          type="button"
          className="button quiet tight"
          disabled={rows.length === 0}
          onClick={() => save(earningsCsv(rows))}
        >
          <Icon name="download" /> {text.csv}
        </button>
      </header>
      <figure className="card chart">
        {days.length === 0 ? (
          <p className="soft">{text.noEarnings}</p>
        ) : (
          <Bars days={days} label={text.earningsChart} />
        )}
      </figure>
      <Outlook rows={rows} />
    </section>
  );
}

/** What the next days may bring, and how that is known. */
function Outlook({ rows }: { readonly rows: readonly EarningsRow[] }): ReactNode {
  const { forecast: text } = useText().cockpit;
  const forecast = forecastOf(rows, Date.now());
  if (typeof forecast === "number") {
    return <p className="soft small">{text.tooFew(forecast, forecastDaysMin)}</p>;
  }
  const { days, high, likely, low } = forecast;
  return (
    <div className="card outlook" data-forecast>
      <h3>{text.title}</h3>
      <p className="outlook-likely number">{text.likely(formatShortTon(likely))}</p>
      <p className="number">{text.band(formatShortTon(low), formatShortTon(high))}</p>
      <p className="soft small">{text.method(days)}</p>
    </div>
  );
}

type BarsProps = { readonly days: ReturnType<typeof earningsPerDay>; readonly label: string };

function Bars({ days, label }: BarsProps): ReactNode {
  const isNarrow = useNarrow();
  const { bottom, height, top, width } = isNarrow ? narrow : wide;
  const most = days.reduce((max, { earned }) => (earned > max ? earned : max), 1n);
  const slot = width / Math.max(7, days.length);
  return (
    <svg viewBox={`0 0 ${width} ${height}`} role="img" aria-label={label} direction="ltr">
      {days.map(({ day, earned }, index) => {
        const tall = (Number((earned * 1_000n) / most) / 1_000) * (height - top - bottom);
        const middle = (index + 0.5) * slot;
        return (
          <g key={day}>
            <title>{`${day}: ${formatShortTon(earned)} TON`}</title>
            <rect
              className="bar"
              x={middle - slot * 0.32}
              y={height - bottom - tall}
              width={slot * 0.64}
              height={tall}
              rx={3}
            />
            <text x={middle} y={height - bottom - tall - 5} textAnchor="middle">
              {days.length <= (isNarrow ? 4 : 10) ? formatShortTon(earned) : ""}
            </text>
            <text x={middle} y={height - 6} textAnchor="middle">
              {day.slice(5)}
            </text>
          </g>
        );
      })}
    </svg>
  );
}

function save(csv: string): void {
  const url = URL.createObjectURL(new Blob([csv], { type: "text/csv" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = "cocoon-earnings.csv";
  link.click();
  URL.revokeObjectURL(url);
}
