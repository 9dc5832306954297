import { formatTon, hashLeaf, nanotons, receiptId, toHex } from "@cocoon/protocol";
import { type ReactNode, useEffect, useState } from "react";
import { useParams } from "wouter";
import {
  checkReceipt,
  findReceipt,
  type FoundReceipt,
  modelName,
  type Pulse,
  type ReceiptChecks,
  usePulse,
} from "../network/index.ts";
import { useLanguage, useText } from "../text/index.ts";
import { Copy, Empty, formatShortTon, formatTime, Icon } from "../ui/index.ts";
import { StateTag, stateOf, toModel } from "./receipt-table.tsx";

/** One receipt, by its id or its leaf hash, with what this page checked of it itself. */
export function ReceiptPage(): ReactNode {
  const { app, network: text } = useText();
  const { name } = useParams<{ name: string }>();
  const pulse = usePulse();
  const found = useReceipt(name, pulse);
  if (found === undefined) return <p className="soft">{app.loading}…</p>;
  if (found === null) return <Empty icon="unknown" title={text.notFound} />;
  return (
    <section className="section" data-receipt={receiptId(found.receipt)}>
      <header>
        <h2>
          {text.receipt.title} <span className="mono">{receiptId(found.receipt)}</span>
        </h2>
        <StateTag state={stateOf(found, pulse)} />
      </header>
      <Checks found={found} pulse={pulse} />
      <Facts found={found} pulse={pulse} />
    </section>
  );
}

/** Undefined while it is looked for; null when no log has it. A log that grows is asked again. */
function useReceipt(name: string, pulse: Pulse): FoundReceipt | null | undefined {
  const [found, setFound] = useState<FoundReceipt | null>();
  const sizes = pulse.proxies.map(({ note }) => note?.checkpoint.size ?? 0).join();
  const isHeard = pulse.proxies.some(({ heardAtMs }) => heardAtMs !== undefined);
  useEffect(() => {
    let isCurrent = true;
    const look = async (): Promise<void> => {
      const results = await Promise.all(
        pulse.proxies.map(({ note, place }) =>
          findReceipt(place, name, note?.checkpoint.size ?? 0).catch(() => undefined),
        ),
      );
      if (isCurrent) setFound(results.find((result) => result !== undefined) ?? null);
    };
    if (isHeard) void look();
    return () => {
      isCurrent = false;
    };
    // The sizes stand for the proxies: a look every two seconds at a log that did not grow finds nothing new.
  }, [name, sizes, isHeard]);
  return found;
}

type Props = { readonly found: FoundReceipt; readonly pulse: Pulse };

function Checks({ found, pulse }: Props): ReactNode {
  const text = useText().network.receipt;
  const checks = useChecks(found, pulse);
  const rows = [
    [text.signature, text.sigMeaning, checks?.signature],
    [text.inclusion, text.incMeaning, checks?.inclusion],
    [text.anchor, text.anchorMeaning, checks?.anchor],
  ] as const;
  return (
    <ul className="checks" aria-label={text.checked}>
      {rows.map(([title, meaning, status]) => (
        <li key={title} className={`card check ${status ?? "unknown"}`} data-status={status}>
          <Icon name={status ?? "unknown"} />
          <div>
            <h3>{title}</h3>
            <p className="small soft">
              {status === "fails" ? text.fails : status === "unknown" ? text.notYet : meaning}
            </p>
          </div>
        </li>
      ))}
    </ul>
  );
}

function useChecks(found: FoundReceipt, { chain, description }: Pulse): ReceiptChecks | undefined {
  const [checks, setChecks] = useState<ReceiptChecks>();
  const bond = chain?.bonds.get(found.proxy.bond);
  useEffect(() => {
    let isCurrent = true;
    const check = async (): Promise<void> => {
      if (!description) return;
      const result = await checkReceipt(found, description, bond);
      if (isCurrent) setChecks(result);
    };
    void check();
    return () => {
      isCurrent = false;
    };
  }, [found, description, bond]);
  return checks;
}

function Facts({ found, pulse }: Props): ReactNode {
  const { network, tiers, verify } = useText();
  const text = network.receipt;
  const language = useLanguage();
  const { bytes, index, receipt } = found;
  const { feeNanotons, terms, usage, workNanotons } = receipt;
  const seconds = ((receipt.finishedAtMs - receipt.startedAtMs) / 1_000).toLocaleString(language);
  const leaf = toHex(hashLeaf(bytes));
  const rows: readonly (readonly [string, ReactNode])[] = [
    [verify.facts.model, modelName(pulse, toModel(found))],
    [verify.facts.tier, tiers[receipt.tier]],
    [verify.facts.tokens, verify.facts.tokenCounts(usage.promptTokens, usage.completionTokens)],
    [
      verify.facts.cost,
      `${formatTon(nanotons(workNanotons + feeNanotons))} TON: ${text.split(formatShortTon(workNanotons), formatShortTon(feeNanotons))}`,
    ],
    [
      text.prices,
      text.pricesAt(
        formatShortTon(terms.promptPerMillion),
        formatShortTon(terms.completionPerMillion),
      ),
    ],
    [verify.facts.when, formatTime(language, receipt.finishedAtMs)],
    [text.took, text.seconds(seconds)],
    [text.finish, receipt.finishReason],
    [
      text.sequence,
      <span key="sequence" className="mono">
        {receipt.channel}, {receipt.sequence}
      </span>,
    ],
    [text.index, index < 0 ? "…" : String(index)],
    [
      text.leaf,
      <span key="leaf" className="mono">
        {leaf} <Copy value={leaf} />
      </span>,
    ],
  ];
  return (
    <dl className="facts card">
      {rows.map(([name, value]) => (
        <div key={name} className="fact">
          <dt>{name}</dt>
          <dd className="number">{value}</dd>
        </div>
      ))}
    </dl>
  );
}
