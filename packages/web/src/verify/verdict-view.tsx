// A verdict as a chain of knots on a thread, from the hardware to the block. Texts of a file are text, never markup.

import { formatTon, operatorNotice, textOf } from "@cocoon/protocol";
import { type Check, fillDetail, type ProofFacts, type Verdict } from "@cocoon/sdk";
import type { ReactNode } from "react";
import { useReasons } from "../reasons/index.ts";
import { type Text, useLanguage, useText } from "../text/index.ts";
import { formatTime, Icon, Notice } from "../ui/index.ts";
import type { Judged } from "./judge.ts";
import "./verdict.css";

export function VerdictView({ file, verdict }: Judged): ReactNode {
  const text = useText().verify;
  const { checks, facts } = verdict;
  const isOpened = checks.some(({ id, status }) => id === "disclosure" && status === "holds");
  return (
    <div className="verdict" data-verdict={verdict.holds ? "holds" : "fails"}>
      <Conclusion {...verdict} />
      <section className="section">
        <h2>{text.chain}</h2>
        <ol className="thread">
          {checks.map((check) => (
            <Knot key={check.id} {...check} />
          ))}
        </ol>
      </section>
      {facts !== undefined && (
        <section className="section">
          <h2>{text.about}</h2>
          <Facts {...facts} />
        </section>
      )}
      {isOpened && (
        <section className="section">
          <h2>{text.opened}</h2>
          {(file.disclosure?.fields ?? []).map(({ name, value }) => (
            <figure key={name}>
              <figcaption className="soft small">{name}</figcaption>
              <pre className="opened">
                {(name.endsWith("_token_ids") ? undefined : textOf(value)) ??
                  text.bytes(value.length)}
              </pre>
            </figure>
          ))}
        </section>
      )}
    </div>
  );
}

function Conclusion(verdict: Verdict): ReactNode {
  const { states, tierMeanings, verify: text } = useText();
  const { checks, facts, holds, state } = verdict;
  const { kind, title } = conclusionOf(verdict, text);
  const open = checks.filter(({ status }) => status === "unknown").length;
  const notice = facts !== undefined && operatorNotice(facts.tier) !== undefined;
  return (
    <Notice kind={kind}>
      <strong>{title}</strong>
      <p className="conclusion-notes">
        {facts?.simulated === true
          ? `${text.simulatedNote} `
          : notice && `${tierMeanings[facts.tier]} `}
        {holds && `${text.stateNote(states[state].toLowerCase())} `}
        {open > 0 && text.openNote(open)}
      </p>
    </Notice>
  );
}

type Conclusion = { readonly title: string; readonly kind: "good" | "caution" | "bad" };

/** What is said first, and how it looks: only what hardware vouches for looks as if all were well. */
function conclusionOf({ checks, facts, holds }: Verdict, text: Text["verify"]): Conclusion {
  if (!holds) {
    const failing = checks.filter(({ status }) => status === "fails").length;
    return { title: text.fails(failing, checks.length), kind: "bad" };
  }
  if (facts?.simulated === true) return { title: text.holdsSimulated, kind: "caution" };
  if (facts !== undefined && operatorNotice(facts.tier) !== undefined) {
    return { title: text.holdsOpen, kind: "caution" };
  }
  return { title: text.holds, kind: "good" };
}

function Knot(check: Check): ReactNode {
  const { checks, verify: text } = useText();
  const { code, detail, found, id, status } = check;
  const { proves, provesNot, title } = { ...check, ...checks[id] };
  const reasons = useReasons();
  const template = found && reasons?.details[found.name];
  const told = template === undefined ? undefined : fillDetail(template, found?.values ?? {});
  const said = told ?? (code && reasons?.errors[code]) ?? detail;
  const line = [code, said].filter((part) => part !== undefined).join(": ");
  return (
    <li className={`knot ${status}`} data-check={id} data-status={status}>
      <span className="knot-mark">
        <Icon name={status} />
        <span className="unseen">{text.status[status]}</span>
      </span>
      <div>
        <h3>{title}</h3>
        <p>{proves}</p>
        {provesNot !== undefined && (
          <p className="soft small">
            {text.not}: {provesNot}
          </p>
        )}
        {line !== "" && <p className="found small">{line}</p>}
      </div>
    </li>
  );
}

function Facts(facts: ProofFacts): ReactNode {
  const { tiers, verify } = useText();
  const text = verify.facts;
  const language = useLanguage();
  const { anchor, model, usage } = facts;
  const rows: readonly (readonly [string, string, boolean])[] = [
    [text.receipt, facts.request, true],
    [text.when, formatTime(language, facts.finishedAtMs), false],
    [text.model, model.name ?? text.unlisted, false],
    [text.worker, facts.worker ?? text.unreadable, true],
    [text.tier, tiers[facts.tier], false],
    [text.tokens, text.tokenCounts(usage.promptTokens, usage.completionTokens), false],
    [text.cost, `${formatTon(facts.amountNanotons)} TON`, false],
    [text.network, String(facts.networkId), false],
    [text.root, facts.root, true],
    [text.log, facts.bond, true],
    ...(anchor ? [[text.anchor, anchor.transaction, true] as const] : []),
  ];
  return (
    <dl className="facts">
      {rows.map(([name, value, isMono]) => (
        <div key={name} className="fact">
          <dt>{name}</dt>
          <dd className={isMono ? "mono" : "number"}>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
