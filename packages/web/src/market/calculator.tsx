import { type ReactNode, useState } from "react";
import { useLanguage, useText } from "../text/index.ts";
import { type Offer, priceOf } from "./book.tsx";

const fields = [
  "promptTokens",
  "completionTokens",
  "tonPrice",
  "theirPrompt",
  "theirCompletion",
] as const;

type Values = Readonly<Record<(typeof fields)[number], string>>;

const empty: Values = {
  promptTokens: "",
  completionTokens: "",
  tonPrice: "",
  theirPrompt: "",
  theirCompletion: "",
};
const daysPerMonth = 30;
const nanotonsPerTon = 1e9;

/** What the same tokens cost here and elsewhere. All figures of elsewhere are the reader's. */
export function Calculator({ offers }: { readonly offers: readonly Offer[] }): ReactNode {
  const text = useText().market;
  const [values, setValues] = useState(empty);
  const cheapest = offers.toSorted((one, other) => Number(priceOf(one) - priceOf(other)))[0];
  return (
    <section className="section">
      <header>
        <h2>{text.calculator}</h2>
      </header>
      <div className="card calculator">
        <p className="soft">{text.calculatorLead}</p>
        <div className="calculator-fields">
          {fields.map((field) => (
            <label key={field} className="field">
              <span>{text[field]}</span>
              <input
                className="input number"
                inputMode="decimal"
                value={values[field]}
                onChange={(event) => setValues({ ...values, [field]: event.target.value })}
              />
            </label>
          ))}
        </div>
        <Comparison values={values} offer={cheapest} />
      </div>
    </section>
  );
}

function Comparison({
  offer,
  values,
}: {
  readonly values: Values;
  readonly offer: Offer | undefined;
}): ReactNode {
  const text = useText().market;
  const language = useLanguage();
  const costs = costsOf(values, offer);
  if (costs === undefined) return <p className="soft">{text.incomplete}</p>;
  const show = (amount: number): string =>
    amount.toLocaleString(language, { maximumSignificantDigits: 4 });
  const share = costs.there === 0 ? undefined : costs.here / costs.there;
  return (
    <output className="comparison">
      <span>
        <span className="soft small">{text.here}</span>
        <strong className="number">{show(costs.here)}</strong>
      </span>
      <span>
        <span className="soft small">{text.there}</span>
        <strong className="number">{show(costs.there)}</strong>
      </span>
      {share !== undefined && (
        <span>
          {text.difference(
            share.toLocaleString(language, { style: "percent", maximumSignificantDigits: 3 }),
          )}
        </span>
      )}
    </output>
  );
}

/** A month's cost in the reader's currency, here with the proxy's fee; undefined until everything is filled in. */
export function costsOf(
  values: Values,
  offer: Offer | undefined,
): { readonly here: number; readonly there: number } | undefined {
  if (offer === undefined) return undefined;
  const prompt = numberOf(values.promptTokens);
  const completion = numberOf(values.completionTokens);
  const millionsPerMonth = daysPerMonth / 1e6;
  const nanotons =
    prompt * Number(offer.promptPerMillion) + completion * Number(offer.completionPerMillion);
  const withFee = (nanotons / nanotonsPerTon) * (1 + offer.feeBps / 10_000);
  const here = withFee * numberOf(values.tonPrice) * millionsPerMonth;
  const elsewhere =
    prompt * numberOf(values.theirPrompt) + completion * numberOf(values.theirCompletion);
  const there = elsewhere * millionsPerMonth;
  return Number.isNaN(here + there) ? undefined : { here, there };
}

/** NaN for what is no decimal number. */
function numberOf(text: string): number {
  const trimmed = text.trim();
  return /^\d+(?:[.,]\d+)?$/.test(trimmed) ? Number(trimmed.replace(",", ".")) : Number.NaN;
}
