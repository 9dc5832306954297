import type { ReactNode } from "react";
import { modelName, usePulse } from "../network/index.ts";
import { useLanguage, useText } from "../text/index.ts";
import { Defined, Empty, formatCount, formatShortTon, shorten } from "../ui/index.ts";

export function WorkersTab(): ReactNode {
  const { network: text, tierMeanings, tiers } = useText();
  const language = useLanguage();
  const pulse = usePulse();
  const offers = pulse.proxies.flatMap(({ status }) => status?.workers ?? []);
  const isHeard = pulse.proxies.some(({ heardAtMs }) => heardAtMs !== undefined);
  if (offers.length === 0 && isHeard) {
    return (
      <Empty icon="cockpit" title={text.noWorkers}>
        {text.noWorkersHint}
      </Empty>
    );
  }
  return (
    <div className="scroll" tabIndex={0} role="group" aria-label={text.tabs.workers}>
      <table>
        <Heads />
        <tbody>
          {offers.map((offer) => (
            <tr key={`${offer.worker}${offer.model}`} data-worker={offer.worker}>
              <td className="mono" title={offer.worker}>
                {shorten(offer.worker)}
              </td>
              <td>{modelName(pulse, offer.model)}</td>
              <td>
                <span
                  className={`tag ${offer.tier.startsWith("confidential") ? "good" : "caution"}`}
                  title={tierMeanings[offer.tier]}
                >
                  {tiers[offer.tier]}
                </span>
              </td>
              <td className="end">{formatShortTon(offer.promptPerMillion)}</td>
              <td className="end">{formatShortTon(offer.completionPerMillion)}</td>
              <td className="end">
                {offer.tokensPerSecond === undefined
                  ? "–"
                  : formatCount(language, Math.round(offer.tokensPerSecond))}
              </td>
              <td className="end">{formatCount(language, offer.contextTokens)}</td>
              <td>
                <Busy active={offer.active} slots={offer.slots} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Heads(): ReactNode {
  const { columns } = useText().network;
  return (
    <thead>
      <tr>
        <th>{columns.worker}</th>
        <th>{columns.model}</th>
        <th>{columns.tier}</th>
        <th className="end">
          <Defined name="price">{columns.prompt}</Defined>
        </th>
        <th className="end">
          <Defined name="price">{columns.completion}</Defined>
        </th>
        <th className="end">
          <Defined name="speed">{columns.speed}</Defined>
        </th>
        <th className="end">
          <Defined name="context">{columns.context}</Defined>
        </th>
        <th>
          <Defined name="slots">{columns.busy}</Defined>
        </th>
      </tr>
    </thead>
  );
}

function Busy({ active, slots }: { readonly active: number; readonly slots: number }): ReactNode {
  return (
    <span className="busy">
      <meter min={0} max={slots} value={Math.min(active, slots)} aria-hidden="true" />
      <span className="number small">
        {active} / {slots}
      </span>
    </span>
  );
}
