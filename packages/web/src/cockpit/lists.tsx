import type { JobReport, PayoutReport } from "@cocoon/protocol";
import type { ReactNode } from "react";
import { useLanguage, useText } from "../text/index.ts";
import { formatAgo, formatShortTon, shorten, useNow } from "../ui/index.ts";

/** The newest answers. */
export function Jobs({ jobs }: { readonly jobs: readonly JobReport[] }): ReactNode {
  const { cockpit, network } = useText();
  const { columns } = network;
  const language = useLanguage();
  const nowMs = useNow();
  if (jobs.length === 0) return undefined;
  return (
    <section className="section" data-jobs>
      <h2>{cockpit.jobs}</h2>
      <div className="scroll" tabIndex={0} role="group" aria-label={cockpit.jobs}>
        <table>
          <thead>
            <tr>
              <th>{columns.receipt}</th>
              <th>{columns.model}</th>
              <th>{columns.state}</th>
              <th className="end">{columns.tokens}</th>
              <th className="end">{cockpit.amount}</th>
              <th className="end">{columns.when}</th>
            </tr>
          </thead>
          <tbody>
            {jobs.map((job) => (
              <tr key={job.requestId}>
                <td className="mono">
                  <a href={`#/network/receipts/${job.requestId}`}>{shorten(job.requestId)}</a>
                </td>
                <td>{job.model}</td>
                <td>
                  <span
                    className={`tag ${job.state === "released" ? "bad" : job.state === "posted" ? "good" : ""}`}
                  >
                    {cockpit.jobStates[job.state]}
                  </span>
                </td>
                <td className="end">
                  {job.promptTokens} + {job.completionTokens}
                </td>
                <td className="end">{formatShortTon(BigInt(job.amountNanotons))}</td>
                <td className="end">{formatAgo(language, nowMs - job.atMs)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

/** What channels paid out on chain. */
export function Payouts({ payouts }: { readonly payouts: readonly PayoutReport[] }): ReactNode {
  const { cockpit, network } = useText();
  const language = useLanguage();
  const nowMs = useNow();
  return (
    <section className="section">
      <h2>{cockpit.payouts}</h2>
      {payouts.length === 0 ? (
        <p className="soft">{cockpit.noPayouts}</p>
      ) : (
        <div className="scroll" tabIndex={0} role="group" aria-label={cockpit.payouts}>
          <table>
            <thead>
              <tr>
                <th>{cockpit.channel}</th>
                <th className="end">{cockpit.amount}</th>
                <th className="end">{network.columns.when}</th>
              </tr>
            </thead>
            <tbody>
              {payouts.map(({ amountNanotons, atMs, channel }) => (
                <tr key={`${channel}${atMs}`}>
                  <td className="mono">{shorten(channel)}</td>
                  <td className="end">{formatShortTon(BigInt(amountNanotons))}</td>
                  <td className="end">{formatAgo(language, nowMs - atMs)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}
