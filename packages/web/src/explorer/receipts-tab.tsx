import { type FormEvent, type ReactNode, useState } from "react";
import { useLocation } from "wouter";
import { usePulse } from "../network/index.ts";
import { useText } from "../text/index.ts";
import { ReceiptTable } from "./receipt-table.tsx";

const shownMax = 100;

export function ReceiptsTab(): ReactNode {
  const text = useText().network;
  const { receipts } = usePulse();
  const [, go] = useLocation();
  const [name, setName] = useState("");
  const isName = /^(?:[0-9a-f]{32}|[0-9a-f]{64})$/i.test(name.trim());
  const find = (event: FormEvent): void => {
    event.preventDefault();
    if (isName) go(`/network/receipts/${name.trim().toLowerCase()}`);
  };
  return (
    <>
      <form className="find" onSubmit={find} role="search">
        <label className="field">
          <span>{text.findHint}</span>
          <input
            className="input mono"
            value={name}
            spellCheck={false}
            autoComplete="off"
            onChange={(event) => setName(event.target.value)}
          />
        </label>
        <button type="submit" className="button main" disabled={!isName}>
          {text.findAction}
        </button>
      </form>
      <section className="section">
        <h2>{text.latest}</h2>
        <ReceiptTable receipts={receipts.slice(0, shownMax)} />
      </section>
    </>
  );
}
