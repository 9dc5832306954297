import type { WorkerReport } from "@cocoon/protocol";
import type { ReactNode } from "react";
import { useReasons } from "../reasons/index.ts";
import { useLanguage, useText } from "../text/index.ts";
import { formatAgo, formatCount, formatShortTon, Notice, useNow } from "../ui/index.ts";
import type { Books } from "./connection.ts";
import { Earnings } from "./earnings.tsx";
import { Jobs, Payouts } from "./lists.tsx";

type Props = {
  readonly report: WorkerReport | undefined;
  readonly books: Books | undefined;
  readonly onDisconnect: () => void;
};

export function Dashboard({ books, onDisconnect, report }: Props): ReactNode {
  const { app, cockpit: text } = useText();
  if (report === undefined) return <p className="soft">{app.loading}…</p>;
  return (
    <>
      <section className="section" data-activity={report.activity}>
        <header>
          <h2>
            {report.model?.name ?? text.noModel}{" "}
            <span className={`tag ${kinds[report.activity]}`}>
              {text.activities[report.activity]}
            </span>
          </h2>
          <button type="button" className="button quiet tight" onClick={onDisconnect}>
            {text.disconnect}
          </button>
        </header>
        <Reasons reasons={report.reasons} />
        <Figures {...report} />
      </section>
      <Earnings rows={books?.earnings ?? []} />
      <Money {...report} />
      <Jobs jobs={books?.jobs ?? []} />
      <Payouts payouts={books?.payouts ?? []} />
    </>
  );
}

const kinds = { working: "good", idle: "", blocked: "bad" } as const;

/** Why no work comes, what to mend first, first. */
function Reasons({ reasons }: Pick<WorkerReport, "reasons">): ReactNode {
  const language = useLanguage();
  const nowMs = useNow();
  const told = useReasons();
  return reasons.map(({ code, detail, isBlocking, meaning, remedy, sinceMs }) => {
    // A worker newer than this page may know reasons that the page does not.
    const [what, how] = told?.idle[code] ?? [meaning, remedy];
    return (
      <Notice key={`${code}${detail}`} {...(isBlocking && { kind: "caution" as const })}>
        <strong>{what}</strong>
        <p>{how}</p>
        <p className="soft small">
          <code>{code}</code> {detail} {formatAgo(language, nowMs - sinceMs)}
        </p>
      </Notice>
    );
  });
}

function Figures({ load, today, tokensPerSecond }: WorkerReport): ReactNode {
  const { cockpit } = useText();
  const language = useLanguage();
  const text = cockpit.figures;
  const figures: readonly (readonly [string, string])[] = [
    [text.earnedToday, `${formatShortTon(BigInt(today.earnedNanotons))} TON`],
    [text.answersToday, formatCount(language, today.answers)],
    [text.speed, formatCount(language, Math.round(tokensPerSecond))],
    [text.busy, `${load.active} / ${load.slots}`],
  ];
  return (
    <dl className="cockpit-figures">
      {figures.map(([name, value]) => (
        <div key={name} className="card">
          <dt className="soft small">{name}</dt>
          <dd className="number">{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function Money({ bond, money, proxies, sensors, tier, wallet }: WorkerReport): ReactNode {
  const { cockpit } = useText();
  const text = cockpit.money;
  const ton = (nanotons: string): string => `${formatShortTon(BigInt(nanotons))} TON`;
  const rows: readonly (readonly [string, string])[] = [
    [text.earned, ton(money.earnedNanotons)],
    [text.vouchered, ton(money.voucheredNanotons)],
    [text.paidOut, ton(money.paidOutNanotons)],
    [text.threshold, ton(money.payoutThresholdNanotons)],
    [text.tier, tier ?? "–"],
    [
      text.bond,
      bond === null
        ? text.noBond
        : `${ton(bond.atStakeNanotons)}, ${bond.phase}${bond.isAccused ? `, ${text.accused}` : ""}`,
    ],
    [
      text.wallet,
      wallet === null
        ? "–"
        : `${wallet.address}${wallet.balanceNanotons === null ? "" : `, ${ton(wallet.balanceNanotons)}`}`,
    ],
    ...proxies.map(
      (proxy) =>
        [
          text.proxy,
          `${proxy.bond}, ${proxy.phase}${proxy.code === null ? "" : `, ${proxy.code}`}`,
        ] as const,
    ),
    ...sensors.map((sensor) => [sensor.name, sensorText(sensor)] as const),
  ];
  return (
    <section className="section">
      <h2>{text.title}</h2>
      <dl className="facts card">
        {rows.map(([name, value]) => (
          <div key={`${name}${value}`} className="fact">
            <dt>{name}</dt>
            <dd className="number">{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function sensorText(sensor: WorkerReport["sensors"][number]): string {
  const { temperatureCelsius, utilizationPercent } = sensor;
  return [
    ...(utilizationPercent === null ? [] : [`${utilizationPercent} %`]),
    ...(temperatureCelsius === null ? [] : [`${temperatureCelsius} °C`]),
  ].join(", ");
}
