import type { RootState } from "@cocoon/sdk";
import type { ReactNode } from "react";
import { usePulse } from "../network/index.ts";
import { useLanguage, useText } from "../text/index.ts";
import {
  type Fact,
  Facts,
  formatCount,
  formatShortTon,
  formatTime,
  Icon,
  Notice,
  shorten,
} from "../ui/index.ts";

/** What the root contract says, and what is about to change of it. */
export function RulesTab(): ReactNode {
  const { app, network } = useText();
  const text = network.rules;
  const { chain, description } = usePulse();
  if (chain === undefined || !description) return <p className="soft">{app.loading}…</p>;
  const { root } = chain;
  return (
    <>
      <section className="section card">
        <header>
          <h2>{text.root}</h2>
          <span className="tag">{chain.isProven ? text.proven : text.unproven}</span>
        </header>
        <Root root={root} address={description.root} />
      </section>
      <Pending pending={root.pending} />
      <section className="section">
        <h2>{text.models}</h2>
        <Models models={root.models} />
      </section>
      <section className="section">
        <h2>{text.images}</h2>
        <ul className="hashes card">
          {[...root.measurements.keys()].map((hash) => (
            <li key={hash} className="mono small">
              {hash}
            </li>
          ))}
        </ul>
      </section>
      <Slashes />
    </>
  );
}

function Root({
  address,
  root,
}: {
  readonly address: string;
  readonly root: RootState;
}): ReactNode {
  const text = useText().network.rules;
  const { auditors, bans, governance, params, revision } = root;
  const keysOf = ({ keys, threshold }: RootState["auditors"]): string =>
    keys.length === 0 ? text.none : text.keys(threshold, keys.length);
  const rows: readonly Fact[] = [
    [text.root, address],
    [text.revision, String(revision), "revision"],
    [text.governance, keysOf(governance)],
    [text.delay, text.hours(Math.round(governance.delaySeconds / 3_600)), "delay"],
    [text.auditors, keysOf(auditors)],
    [text.bondMin, `${formatShortTon(params.bondMin)} TON`, "bondMin"],
    [text.workerBondMin, `${formatShortTon(params.workerBondMin)} TON`, "bondMin"],
    [text.bans, bans.size === 0 ? text.none : [...bans.keys()].map(shorten).join(", ")],
  ];
  return <Facts rows={rows} />;
}

function Pending({ pending }: Pick<RootState, "pending">): ReactNode {
  const text = useText().network.rules;
  const language = useLanguage();
  return (
    <section className="section">
      <h2>{text.pending}</h2>
      {pending.length === 0 && <p className="soft">{text.noPending}</p>}
      {pending.map(({ change, executeAtSeconds }) => (
        <Notice key={`${change.kind}${executeAtSeconds}`} kind="caution">
          <strong>{text.kinds[change.kind]}</strong>
          <p>{text.takesEffect(formatTime(language, executeAtSeconds * 1_000))}</p>
        </Notice>
      ))}
    </section>
  );
}

function Models({ models }: Pick<RootState, "models">): ReactNode {
  const text = useText().network.rules;
  const language = useLanguage();
  return (
    <ul className="models">
      {[...models].map(([hash, listing]) => (
        <li key={hash} className="card">
          <h3>{listing.name}</h3>
          <p className="soft small">{text.context(formatCount(language, listing.contextTokens))}</p>
          <p className="small">
            {text.atMost(
              formatShortTon(listing.promptPerMillionMax),
              formatShortTon(listing.completionPerMillionMax),
            )}
          </p>
          <p className="mono soft small" title={hash}>
            {shorten(hash)}
          </p>
        </li>
      ))}
    </ul>
  );
}

function Slashes(): ReactNode {
  const { proxy, rules: text } = useText().network;
  const { chain } = usePulse();
  const slashed = [...(chain?.bonds ?? [])].filter(([, state]) => state?.phase === "slashed");
  return (
    <section className="section">
      <h2>{text.bonds}</h2>
      {slashed.length === 0 && (
        <p className="soft">
          <Icon name="holds" /> {text.noSlashes}
        </p>
      )}
      {slashed.map(([address]) => (
        <Notice key={address} kind="bad">
          <strong>{proxy.phases.slashed}</strong>
          <p className="mono">{address}</p>
        </Notice>
      ))}
    </section>
  );
}
