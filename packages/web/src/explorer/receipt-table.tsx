import { receiptId, toHex } from "@cocoon/protocol";
import type { ReactNode } from "react";
import { Link } from "wouter";
import { type LoggedReceipt, modelName, type Pulse, usePulse } from "../network/index.ts";
import { useLanguage, useText } from "../text/index.ts";
import { Cocoon, Defined, Empty, formatAgo, formatShortTon, shorten, useNow } from "../ui/index.ts";

export function ReceiptTable({
  receipts,
}: {
  readonly receipts: readonly LoggedReceipt[];
}): ReactNode {
  const { network: text } = useText();
  const pulse = usePulse();
  const { columns } = text;
  const isHeard = pulse.proxies.some(({ heardAtMs }) => heardAtMs !== undefined);
  if (isHeard && receipts.length === 0) {
    return (
      <Empty icon="chat" title={text.noReceipts}>
        {text.noReceiptsHint}
      </Empty>
    );
  }
  return (
    <div className="scroll" tabIndex={0} role="group" aria-label={text.latest}>
      <table>
        <thead>
          <tr>
            <th>{columns.receipt}</th>
            <th>
              <Defined name="anchored">{columns.state}</Defined>
            </th>
            <th>{columns.model}</th>
            <th>{columns.tier}</th>
            <th className="end">
              <Defined name="tokens">{columns.tokens}</Defined>
            </th>
            <th className="end">
              <Defined name="cost">{columns.cost}</Defined>
            </th>
            <th className="end">{columns.when}</th>
          </tr>
        </thead>
        <tbody>
          {receipts.map((logged) => (
            <Row key={receiptId(logged.receipt)} logged={logged} pulse={pulse} />
          ))}
          {!isHeard && <WaitingRows />}
        </tbody>
      </table>
    </div>
  );
}

/** As high as what will come, so that nothing moves when it does. */
function WaitingRows(): ReactNode {
  return Array.from({ length: 8 }, (_, row) => (
    <tr key={row}>
      <td colSpan={7}>
        <span className="waiting">{"\u2003".repeat(12)}</span>
      </td>
    </tr>
  ));
}

type RowProps = { readonly logged: LoggedReceipt; readonly pulse: Pulse };

function Row({ logged, pulse }: RowProps): ReactNode {
  const { tiers } = useText();
  const language = useLanguage();
  const nowMs = useNow();
  const { receipt } = logged;
  const id = receiptId(receipt);
  const { completionTokens, promptTokens } = receipt.usage;
  return (
    <tr data-receipt={id}>
      <td>
        <Link className="mono" href={`/network/receipts/${id}`}>
          {shorten(id)}
        </Link>
      </td>
      <td>
        <StateTag state={stateOf(logged, pulse)} />
      </td>
      <td>{modelName(pulse, toModel(logged))}</td>
      <td>{tiers[receipt.tier]}</td>
      <td className="end">
        {promptTokens} + {completionTokens}
      </td>
      <td className="end">{formatShortTon(receipt.workNanotons + receipt.feeNanotons)}</td>
      <td className="end">{formatAgo(language, Math.max(0, nowMs - receipt.finishedAtMs))}</td>
    </tr>
  );
}

/** Every receipt here stands in a log; whether TON has fixed that, its bond's contract says. */
export function stateOf(
  { index, proxy }: Pick<LoggedReceipt, "index" | "proxy">,
  { chain }: Pulse,
): "included" | "anchored" {
  const anchored = chain?.bonds.get(proxy.bond)?.checkpoint?.treeSize ?? 0;
  return index >= 0 && index < anchored ? "anchored" : "included";
}

export function toModel({ receipt }: Pick<LoggedReceipt, "receipt">): string {
  return toHex(receipt.manifestHash);
}

export function StateTag({ state }: { readonly state: "included" | "anchored" }): ReactNode {
  const { states } = useText();
  return (
    <span className={`tag ${state === "anchored" ? "good" : ""}`}>
      <Cocoon wound={state === "anchored" ? 3 : 2} />
      {states[state]}
    </span>
  );
}
