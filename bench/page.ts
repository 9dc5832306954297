// The page as a first visitor has it: how much is loaded, and when it can be used on a slow machine.

import { serveSite, createLogger } from "@cocoon/services";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { type Browser, chromium } from "playwright-core";
import type { Benchmark } from "./harness/benchmark.ts";
import type { Report } from "./harness/figure.ts";
import { summarize } from "./harness/statistics.ts";
import { openUninspected } from "./uninspected-page.ts";

const chromiumPath = "/usr/bin/chromium";
const siteFolder = fileURLToPath(new URL("../packages/web/dist/site/", import.meta.url));
const slowdown = 4;

const address = `0:${"0".repeat(64)}`;
/** A network that does not answer: only the page is measured. */
const nowhere = {
  networkId: -7_239,
  root: address,
  endpoints: ["http://127.0.0.1:9/"],
  proxies: [{ bond: address, url: "http://127.0.0.1:9" }],
};

export const pageBenchmark: Benchmark = {
  name: "page",
  title: "The page: its first load, on a processor slowed down 4 times",
  run: async ({ isQuick }) => {
    if (!existsSync(chromiumPath)) throw new Error(`no ${chromiumPath}: apt-get install chromium`);
    const logger = createLogger({ role: "page", destination: { write: () => undefined } });
    const made = { "network.json": JSON.stringify(nowhere) };
    const site = await serveSite({ folder: siteFolder, made, host: "127.0.0.1", port: 0, logger });
    const browser = await chromium.launch({ executablePath: chromiumPath, args: ["--no-sandbox"] });
    try {
      const url = `http://127.0.0.1:${site.port}/`;
      const visits: Visit[] = [];
      const unslowed: Visit[] = [];
      for (let round = 0; round < (isQuick ? 3 : 9); round += 1) {
        visits.push(await visit(browser, url, slowdown));
        unslowed.push(await visit(browser, url, 1));
      }
      return reportOf(visits, unslowed);
    } finally {
      await browser.close();
      await site.close(0);
    }
  },
};

type Visit = {
  /** From the navigation until what is typed is in the field and painted, ms. */
  readonly readyMs: number;
  /** Processor time of the page's thread. */
  readonly threadMs: number;
  /** Paths that were loaded until then. */
  readonly loaded: readonly string[];
};

async function visit(browser: Browser, url: string, rate: number): Promise<Visit> {
  const page = await openUninspected(browser);
  await page.send("Emulation.setCPUThrottlingRate", { rate });
  await page.send("Performance.enable");
  await page.send("Page.enable");
  await page.send("Page.addScriptToEvaluateOnNewDocument", { source: watchForField });
  await page.send("Page.navigate", { url });
  const expression = "ready";
  const { result } = await page.send<{ result: { value: Omit<Visit, "threadMs"> } }>(
    "Runtime.evaluate",
    { expression, awaitPromise: true, returnByValue: true },
  );
  const { metrics } = await page.send<{ metrics: { name: string; value: number }[] }>(
    "Performance.getMetrics",
  );
  const threadMs = 1_000 * (metrics.find(({ name }) => name === "ThreadTime")?.value ?? Number.NaN);
  await page.close();
  return { ...result.value, threadMs };
}

/** In the page: types into the field as soon as it is there, and tells when that was painted, and what was loaded by then. */
const watchForField = `
  const paths = () =>
    performance.getEntries().flatMap(({ name, entryType }) =>
      /navigation|resource/.test(entryType) ? [new URL(name).pathname] : []);
  globalThis.ready = new Promise((resolve) => {
    const look = () => {
      const field = document.querySelector(".composer textarea");
      if (field === null) return requestAnimationFrame(look);
      field.focus();
      document.execCommand("insertText", false, "a");
      requestAnimationFrame(() => setTimeout(() => resolve({ readyMs: performance.now(), loaded: paths() })));
    };
    requestAnimationFrame(look);
  });
`;

function reportOf(visits: readonly Visit[], unslowed: readonly Visit[]): Report {
  const ready = summarize(visits.map(({ readyMs }) => readyMs));
  return {
    comparisons: [],
    facts: [
      {
        name: "until what is typed is painted, processor 4 times slower, median",
        unit: "ms",
        value: ready.median,
        bar: { atMost: 2_000 },
      },
      { name: "the same, fastest of all visits", unit: "ms", value: ready.min },
      { name: "the same, slowest of all visits", unit: "ms", value: ready.max },
      {
        name: "processor time of the page until then, not slowed, times 4, median",
        unit: "ms",
        value: slowdown * summarize(unslowed.map(({ threadMs }) => threadMs)).median,
        bar: { atMost: 2_000 },
      },
      {
        name: "loaded until then, compressed, median",
        unit: "kB",
        value: summarize(unslowed.map(({ loaded }) => kilobytesOf(loaded))).median,
        bar: { atMost: 200 },
      },
    ],
    notes: [
      `${visits.length} first visits of each kind, nothing cached, the server on the same machine.`,
      "A machine that others use makes the first three larger; the processor time is the page's own.",
    ],
  };
}

/** As a server would send them. */
function kilobytesOf(paths: readonly string[]): number {
  const files = paths.map((path) => join(siteFolder, path === "/" ? "index.html" : path));
  const sizes = files
    .filter((file) => existsSync(file))
    .map((file) => gzipSync(readFileSync(file)).length);
  return sizes.reduce((sum, size) => sum + size, 0) / 1_000;
}
