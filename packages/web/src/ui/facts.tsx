import type { ReactNode } from "react";
import type { Text } from "../text/index.ts";
import { Defined } from "./defined.tsx";

/** A name with what it is, and the definition that it leads to if it is a figure. */
export type Fact = readonly [
  name: string,
  value: ReactNode,
  defined?: keyof Text["network"]["definitions"],
];

export function Facts({ rows }: { readonly rows: readonly Fact[] }): ReactNode {
  return (
    <dl className="facts">
      {rows.map(([name, value, defined]) => (
        <div key={name} className="fact">
          <dt>{defined === undefined ? name : <Defined name={defined}>{name}</Defined>}</dt>
          <dd className="number">{value}</dd>
        </div>
      ))}
    </dl>
  );
}
