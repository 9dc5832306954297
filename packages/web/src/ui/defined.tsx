import type { ReactNode } from "react";
import { type Text, useText } from "../text/index.ts";

type Props = {
  readonly name: keyof Text["network"]["definitions"];
  readonly children: ReactNode;
};

/** The name of a figure, which leads to what it means and how to compute it again. */
export function Defined({ children, name }: Props): ReactNode {
  const { defined } = useText().network;
  return (
    <a className="defined" href={`#/network/numbers/${name}`} title={defined}>
      {children}
    </a>
  );
}
