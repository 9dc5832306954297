// The page of plots: one static file, drawn here, that loads nothing.

import type { Result } from "./benchmark.ts";
import { barText, figure, verdict } from "./console.ts";
import type { Bar, Comparison, Fact } from "./figure.ts";
import type { Summary } from "./statistics.ts";

const style = `
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 62rem; padding: 0 1rem; color: #1b1f24; background: #fff; }
h2 { margin: 2.5rem 0 .2rem; } .machine, .note { color: #57606a; } table { border-collapse: collapse; width: 100%; }
td, th { text-align: left; padding: .25rem .6rem .25rem 0; border-bottom: 1px solid #d8dee4; vertical-align: middle; }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; } .missed { color: #b35900; font-weight: 600; } .met { color: #1a7f37; }
.ours { fill: #0969da; } .yardstick { fill: #8c959f; } .range { stroke: #1b1f24; } .bar { stroke: #b35900; stroke-dasharray: 3 2; }
@media (prefers-color-scheme: dark) { body { color: #e6edf3; background: #0d1117; } td, th { border-color: #30363d; } .range { stroke: #e6edf3; } }`;

/** All results on one page. */
export function renderPage(results: readonly Result[]): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Cocoon, measured</title>
<style>${style}</style>
<h1>Cocoon, measured</h1>
<p>Written by <code>npm run bench</code>. Blue is Cocoon, grey what it is measured against in the same run, turn by turn. A bar ends at the median; the line in it spans the middle half of the
samples. The dashed line is where the figure should be. Ratios are taken round by round. <code>docs/performance.md</code> says what each figure is.</p>
${results.map(renderResult).join("\n")}
</html>
`;
}

function renderResult({ name, title, machine, isQuick, comparisons, facts, notes }: Result) {
  const { processor, cores, memoryGiB, system, node, load, commit, takenAt } = machine;
  const quick = isQuick ? " A quick run: its figures are rough." : "";
  return `<h2 id="${escape(name)}">${escape(title)}</h2>
<p class="machine">${escape(`${processor}, ${cores} cores, ${memoryGiB} GiB, ${system}, Node ${node}; load ${load}; commit ${commit}; ${takenAt}.${quick}`)}</p>
${comparisons.length > 0 ? renderComparisons(comparisons) : ""}
${facts.length > 0 ? renderFacts(facts) : ""}
${notes.map((note) => `<p class="note">${escape(note)}</p>`).join("\n")}`;
}

function renderComparisons(comparisons: readonly Comparison[]): string {
  const rows = comparisons.map(
    ({ name, unit, ours, yardstick, yardstickName, ratio, bar }) =>
      `<tr><td>${escape(name)}<br><span class="note">beside: ${escape(yardstickName)}</span></td>` +
      `<td>${drawPair(ours, yardstick)}</td>` +
      `<td class="number">${figure(ours.median)}<br>${figure(yardstick.median)}</td><td>${escape(unit)}</td>` +
      `<td class="number">${figure(ratio.median)}</td><td>${drawRatio(ratio, bar)}</td>${verdictCell(ratio.median, bar)}</tr>`,
  );
  return `<table><tr><th>what</th><th></th><th class="number">median</th><th></th><th class="number">ratio</th><th></th><th>bar</th></tr>
${rows.join("\n")}</table>`;
}

function renderFacts(facts: readonly Fact[]): string {
  const rows = facts.map(
    ({ name, value, unit, bar }) =>
      `<tr><td>${escape(name)}</td><td class="number">${figure(value)}</td><td>${escape(unit)}</td>${verdictCell(value, bar)}</tr>`,
  );
  return `<table><tr><th>what</th><th class="number">value</th><th></th><th>bar</th></tr>
${rows.join("\n")}</table>`;
}

function verdictCell(value: number, bar: Bar | undefined): string {
  if (bar === undefined) return "<td></td>";
  const text = verdict(value, bar);
  const state = text.endsWith("met") ? "met" : "missed";
  return `<td class="${state}" title="${escape(barText(bar))}">${escape(text)}</td>`;
}

const plotWidth = 220;

function drawPair(ours: Summary, yardstick: Summary): string {
  const scale = plotWidth / Math.max(ours.high, yardstick.high, Number.MIN_VALUE);
  return drawing(34, [drawBar("ours", ours, scale, 2), drawBar("yardstick", yardstick, scale, 19)]);
}

function drawRatio(ratio: Summary, bar: Bar | undefined): string {
  const limit = bar === undefined ? 1 : "atMost" in bar ? bar.atMost : bar.atLeast;
  const scale = plotWidth / 2 / Math.max(ratio.high, 1.25 * limit);
  const at = (scale * limit).toFixed(1);
  const line =
    bar === undefined ? "" : `<line class="bar" x1="${at}" x2="${at}" y1="0" y2="17"></line>`;
  return drawing(17, [drawBar("ours", ratio, scale, 2), line], plotWidth / 2);
}

function drawBar(kind: string, { median, low, high }: Summary, scale: number, top: number): string {
  const [end, from, to] = [median, low, high].map((value) => (scale * value).toFixed(1));
  return (
    `<rect class="${kind}" x="0" y="${top}" width="${end}" height="13"></rect>` +
    `<line class="range" x1="${from}" x2="${to}" y1="${top + 6.5}" y2="${top + 6.5}"></line>`
  );
}

function drawing(height: number, parts: readonly string[], width: number = plotWidth): string {
  return `<svg width="${width}" height="${height}" role="img" aria-hidden="true">${parts.join("")}</svg>`;
}

function escape(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
