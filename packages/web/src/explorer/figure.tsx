import type { ReactNode } from "react";
import { Link } from "wouter";
import { type Text, useText } from "../text/index.ts";

export type FigureName = keyof Text["network"]["figures"];

type Props = {
  readonly name: FigureName;
  /** Undefined until it is known: its place is kept. */
  readonly value: string | undefined;
  readonly beside?: string | undefined;
};

/** A number with its name, which leads to what it means. */
export function Figure({ beside, name, value }: Props): ReactNode {
  const { defined, figures } = useText().network;
  return (
    <Link className="figure" href={`/network/numbers/${name}`} title={defined} data-figure={name}>
      <span className="figure-name">{figures[name]}</span>
      <span className={`figure-value number ${value === undefined ? "waiting" : ""}`}>
        {value ?? "0"}
      </span>
      <span className="soft small">{beside ?? "\u00A0"}</span>
    </Link>
  );
}
