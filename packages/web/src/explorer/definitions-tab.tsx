import { type ReactNode, useEffect, useRef } from "react";
import { useParams } from "wouter";
import { type Text, useText } from "../text/index.ts";

const names = [
  "answers",
  "workers",
  "slots",
  "anchored",
  "anchorAge",
  "bonds",
  "price",
  "revision",
  "speed",
  "tokens",
  "cost",
  "context",
  "fee",
  "stake",
  "checkpoint",
  "witnesses",
  "delay",
  "bondMin",
] as const satisfies readonly (keyof Text["network"]["definitions"])[];

/** What each figure means, and how to compute it again. */
export function DefinitionsTab(): ReactNode {
  const { columns, definitions, figures, numbersLead, proxy, rules } = useText().network;
  const titles = {
    ...figures,
    price: columns.completion,
    revision: rules.revision,
    speed: columns.speed,
    tokens: columns.tokens,
    cost: columns.cost,
    context: columns.context,
    fee: proxy.fee,
    stake: proxy.stake,
    checkpoint: proxy.checkpoint,
    witnesses: proxy.witnesses,
    delay: rules.delay,
    bondMin: rules.bondMin,
  };
  const { name } = useParams<{ name?: string }>();
  const meant = useRef<HTMLDivElement>(null);
  useEffect(() => meant.current?.scrollIntoView({ block: "center" }), [name]);
  return (
    <section className="section">
      <p className="soft">{numbersLead}</p>
      <dl className="definitions">
        {names.map((each) => (
          <div
            key={each}
            ref={each === name ? meant : undefined}
            className={`card ${each === name ? "meant" : ""}`}
          >
            <dt>{titles[each]}</dt>
            <dd>{definitions[each]}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
