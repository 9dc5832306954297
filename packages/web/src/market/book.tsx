import type { ModelListing } from "@cocoon/sdk";
import type { ReactNode } from "react";
import type { MarketWorker } from "@cocoon/protocol";
import { useText } from "../text/index.ts";
import { Defined, Empty, formatShortTon, shorten } from "../ui/index.ts";

export type Offer = MarketWorker & { readonly feeBps: number };

type Props = {
  readonly offers: readonly Offer[];
  readonly cap: ModelListing | undefined;
  readonly isHeard: boolean;
};

/** What one token of each kind costs together: the order of the book. */
export function priceOf({ completionPerMillion, promptPerMillion }: Offer): bigint {
  return promptPerMillion + completionPerMillion;
}

/** All offers of a model, the cheapest first, with how far below the cap each is. */
export function Book({ cap, isHeard, offers }: Props): ReactNode {
  const { market: text, network, tierMeanings, tiers } = useText();
  const { columns } = network;
  const sorted = offers.toSorted((one, other) => Number(priceOf(one) - priceOf(other)));
  return (
    <section className="section">
      <header>
        <h2>{text.book}</h2>
        <span className="soft small">{text.bookLead}</span>
      </header>
      {isHeard && sorted.length === 0 ? (
        <Empty icon="market" title={text.empty}>
          {text.emptyHint}
        </Empty>
      ) : (
        <div className="scroll" tabIndex={0} role="group" aria-label={text.book}>
          <table>
            <thead>
              <tr>
                <th>{columns.worker}</th>
                <th>{columns.tier}</th>
                <th className="end">
                  <Defined name="price">{columns.prompt}</Defined>
                </th>
                <th className="end">
                  <Defined name="price">{columns.completion}</Defined>
                </th>
                <th>
                  <Defined name="price">{text.cap}</Defined>
                </th>
                <th>
                  <Defined name="slots">{columns.busy}</Defined>
                </th>
              </tr>
            </thead>
            <tbody>
              {sorted.map((offer) => (
                <tr key={offer.worker}>
                  <td className="mono">{shorten(offer.worker)}</td>
                  <td title={tierMeanings[offer.tier]}>{tiers[offer.tier]}</td>
                  <td className="end">{formatShortTon(offer.promptPerMillion)}</td>
                  <td className="end">{formatShortTon(offer.completionPerMillion)}</td>
                  <td>
                    <Depth offer={offer} cap={cap} />
                  </td>
                  <td className="number">
                    {offer.active} / {offer.slots}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

function Depth({
  cap,
  offer,
}: {
  readonly offer: Offer;
  readonly cap: ModelListing | undefined;
}): ReactNode {
  if (cap === undefined) return "…";
  const most = cap.completionPerMillionMax;
  const share = most === 0n ? 0 : Number((offer.completionPerMillion * 1_000n) / most) / 1_000;
  return (
    <span className="busy">
      <meter min={0} max={1} value={Math.min(1, share)} aria-hidden="true" />
      <span className="number small">{formatShortTon(most)}</span>
    </span>
  );
}
