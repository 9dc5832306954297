// Metrics in Prometheus' text format 0.0.4. A label holds names of things, never a text that somebody wrote.

import { nameOfThing } from "./fields.ts";

export type Labels = Readonly<Record<string, string>>;

/** Only grows. */
export type Counter = { readonly add: (amount: number, labels?: Labels) => void };

/** How long something took, in seconds. */
export type Histogram = { readonly observe: (seconds: number, labels?: Labels) => void };

type Sample = { readonly suffix?: string; readonly labels: Labels; readonly value: number };

type Metric = {
  readonly name: string;
  readonly help: string;
  readonly type: "counter" | "gauge" | "histogram";
  readonly samples: () => Iterable<Sample>;
};

/** From 5 ms to 2 minutes: an answer's first words, and a long answer's last. */
const secondsBounds = [0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120];
/** A label with more values than this is no label: what is beyond is counted together. */
const seriesMax = 1_000;

export class Metrics {
  readonly #metrics: Metric[] = [];

  counter(name: string, help: string): Counter {
    const values = new Series<{ value: number }>();
    this.#metrics.push({
      name,
      help,
      type: "counter",
      samples: () => values.all.map(({ labels, state }) => ({ labels, value: state.value })),
    });
    return {
      add: (amount, labels = {}) => {
        values.at(labels, () => ({ value: 0 })).value += amount;
      },
    };
  }

  /** A value that is looked up when somebody asks. */
  gauge(name: string, help: string, read: () => Iterable<Omit<Sample, "suffix">>): void {
    this.#metrics.push({ name, help, type: "gauge", samples: read });
  }

  histogram(name: string, help: string): Histogram {
    const values = new Series<{ readonly counts: number[]; sum: number; count: number }>();
    this.#metrics.push({
      name,
      help,
      type: "histogram",
      samples: () => values.all.flatMap(({ labels, state }) => bucketSamples(labels, state)),
    });
    return {
      observe: (seconds, labels = {}) => {
        const begin = { counts: secondsBounds.map(() => 0), sum: 0, count: 0 };
        const state = values.at(labels, () => begin);
        for (const [index, bound] of secondsBounds.entries()) {
          if (seconds <= bound) state.counts[index] = (state.counts[index] ?? 0) + 1;
        }
        state.sum += seconds;
        state.count += 1;
      },
    };
  }

  text(): string {
    return this.#metrics.map(metricText).join("");
  }
}

class Series<State> {
  readonly #states = new Map<string, { readonly labels: Labels; readonly state: State }>();

  get all(): readonly { readonly labels: Labels; readonly state: State }[] {
    return [...this.#states.values()];
  }

  at(given: Labels, begin: () => State): State {
    const labels = this.#states.size < seriesMax ? guardLabels(given) : {};
    const key = JSON.stringify(labels);
    const known = this.#states.get(key);
    if (known !== undefined) return known.state;
    const state = begin();
    this.#states.set(key, { labels, state });
    return state;
  }
}

function guardLabels(labels: Labels): Labels {
  return Object.fromEntries(
    Object.entries(labels).map(([name, value]) => [
      name,
      nameOfThing.test(value) ? value : "[redacted]",
    ]),
  );
}

function bucketSamples(
  labels: Labels,
  {
    counts,
    sum,
    count,
  }: { readonly counts: readonly number[]; readonly sum: number; readonly count: number },
): readonly Sample[] {
  const bounds = [...secondsBounds.map(String), "+Inf"];
  return [
    ...bounds.map((le, index) => {
      return { suffix: "_bucket", labels: { ...labels, le }, value: counts[index] ?? count };
    }),
    { suffix: "_sum", labels, value: sum },
    { suffix: "_count", labels, value: count },
  ];
}

function metricText({ name, help, type, samples }: Metric): string {
  const lines = [...samples()].map(({ suffix = "", labels, value }) => {
    const pairs = Object.entries(labels).map(([label, text]) => `${label}="${text}"`);
    const braces = pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
    return `${name}${suffix}${braces} ${value}\n`;
  });
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join("")}`;
}
