import type { ReactNode } from "react";
import { modelName, usePulse } from "../network/index.ts";
import { useLanguage, useText } from "../text/index.ts";
import { Empty, formatCount, formatShortTon, shorten } from "../ui/index.ts";

export function WorkersTab(): ReactNode {
  const { network: text, tierMeanings, tiers } = useText();
  const language = useLanguage();
  const pulse = usePulse();
  const offers = pulse.proxies.flatMap(({ status }) => status?.workers ?? []);
  const isHeard = pulse.proxies.some(({ heardAtMs }) => heardAtMs !== undefined);
  const { columns } = text;
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
        <thead>
          <tr>
            <th>{columns.worker}</th>
            <th>{columns.model}</th>
            <th>{columns.tier}</th>
            <th className="end">{columns.prompt}</th>
            <th className="end">{columns.completion}</th>
            <th className="end">{columns.speed}</th>
            <th className="end">{columns.context}</th>
            <th>{columns.busy}</th>
          </tr>
        </thead>
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
