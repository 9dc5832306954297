import type { ReactNode } from "react";
import { type Pulse, usePulse } from "../network/index.ts";
import { useLanguage, useText } from "../text/index.ts";
import { formatAgo, formatCount, formatShortTon, useNow } from "../ui/index.ts";
import { Figure } from "./figure.tsx";
import { ReceiptTable } from "./receipt-table.tsx";

const shownMax = 8;

export function GlanceTab(): ReactNode {
  const text = useText().network;
  const pulse = usePulse();
  return (
    <>
      <Figures {...pulse} />
      <section className="section">
        <h2>{text.latest}</h2>
        <ReceiptTable receipts={pulse.receipts.slice(0, shownMax)} />
      </section>
    </>
  );
}

function Figures(pulse: Pulse): ReactNode {
  const language = useLanguage();
  const nowMs = useNow();
  const { answers, anchored, anchoredAtMs, bonds, busy, isHeard, slots, workers } = sumUp(pulse);
  const count = (amount: number): string | undefined =>
    isHeard ? formatCount(language, amount) : undefined;
  const share = answers === 0 ? 1 : Math.min(1, (anchored ?? 0) / answers);
  return (
    <div className="figures">
      <Figure name="answers" value={count(answers)} />
      <Figure name="workers" value={count(workers)} />
      <Figure
        name="slots"
        value={count(slots)}
        beside={isHeard ? `${busy} / ${slots}` : undefined}
      />
      <Figure
        name="anchored"
        value={
          anchored === undefined || !isHeard
            ? undefined
            : share.toLocaleString(language, { style: "percent" })
        }
        beside={
          anchored === undefined || !isHeard
            ? undefined
            : `${formatCount(language, anchored)} / ${formatCount(language, answers)}`
        }
      />
      <Figure
        name="anchorAge"
        value={anchoredAtMs === undefined ? undefined : formatAgo(language, nowMs - anchoredAtMs)}
      />
      <Figure
        name="bonds"
        value={bonds === undefined ? undefined : `${formatShortTon(bonds)} TON`}
      />
    </div>
  );
}

type Sums = {
  readonly isHeard: boolean;
  readonly answers: number;
  readonly workers: number;
  readonly slots: number;
  readonly busy: number;
  /** Undefined until the chain is read. */
  readonly anchored: number | undefined;
  readonly anchoredAtMs: number | undefined;
  readonly bonds: bigint | undefined;
};

/** The figures, each computed as its definition says. */
export function sumUp({ chain, proxies }: Pulse): Sums {
  const offers = proxies.flatMap(({ status }) => status?.workers ?? []);
  // A worker may offer several models, and at several proxies: it is one worker, with one number of slots.
  const workers = new Map(offers.map((offer) => [offer.worker, offer]));
  const states = [...(chain?.bonds.values() ?? [])].filter((state) => state !== undefined);
  const checkpoints = states
    .map(({ checkpoint }) => checkpoint)
    .filter((point) => point !== undefined);
  const newest = checkpoints.map(({ timestampSeconds }) => timestampSeconds * 1_000);
  return {
    isHeard: proxies.some(({ heardAtMs }) => heardAtMs !== undefined),
    answers: sum(proxies.map(({ note }) => note?.checkpoint.size ?? 0)),
    workers: workers.size,
    slots: sum([...workers.values()].map(({ slots }) => slots)),
    busy: sum([...workers.values()].map(({ active }) => active)),
    anchored: chain === undefined ? undefined : sum(checkpoints.map(({ treeSize }) => treeSize)),
    anchoredAtMs: newest.length === 0 ? undefined : Math.max(...newest),
    bonds: chain === undefined ? undefined : states.reduce((total, { bond }) => total + bond, 0n),
  };
}

function sum(amounts: readonly number[]): number {
  return amounts.reduce((total, amount) => total + amount, 0);
}
