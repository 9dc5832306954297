// What a worker's operator sees while it runs: one screen that is drawn again, or a line for each change.

import type { WorkerReport } from "@cocoon/protocol";
import type { WorkerMonitor } from "@cocoon/services";
import type { Terminal } from "../terminal.ts";
import { formatReport, headline, reasonText } from "./show.ts";

const redrawMs = 500;
/** Without a screen, that it still runs is said this often. */
const pulseMs = 60_000;

/** Shows a monitor until told to stop. */
export function showMonitor(monitor: WorkerMonitor, terminal: Terminal): () => void {
  return terminal.isInteractive ? drawScreen(monitor, terminal) : writeLines(monitor, terminal);
}

/** Line by line over what was there: clearing the whole would flicker. */
const [home, restOfLine, restOfScreen] = ["\u001B[H", "\u001B[K", "\u001B[J"];
const [enterScreen, leaveScreen] = ["\u001B[?1049h\u001B[?25l", "\u001B[?25h\u001B[?1049l"];

/** On a screen of its own, so that what was on the terminal comes back. */
function drawScreen(monitor: WorkerMonitor, { style, write }: Terminal): () => void {
  write(enterScreen);
  const draw = (): void => {
    const text = formatReport(monitor.report(), style);
    const screen = `cocoon worker\n\n${text}\n${style.dim("Ctrl-C stops it")}\n`;
    write(`${home}${screen.replaceAll("\n", `${restOfLine}\n`)}${restOfScreen}`);
  };
  draw();
  const timer = setInterval(draw, redrawMs);
  return () => {
    clearInterval(timer);
    write(leaveScreen);
  };
}

/** A line whenever what there is to say is another, and now and then. */
function writeLines(monitor: WorkerMonitor, { style, write }: Terminal): () => void {
  let said = "";
  let saidAtMs = 0;
  const look = (): void => {
    const report = monitor.report();
    const now = signatureOf(report);
    if (now === said && report.atMs - saidAtMs < pulseMs) return;
    said = now;
    saidAtMs = report.atMs;
    write(`${new Date(report.atMs).toISOString()} ${lineOf(report, style)}\n`);
  };
  look();
  const stop = monitor.onChanged(look);
  const timer = setInterval(look, pulseMs);
  return () => {
    stop();
    clearInterval(timer);
  };
}

/** Not every number is news. */
function signatureOf({ activity, reasons, workerId }: WorkerReport): string {
  return [activity, workerId, ...reasons.map(({ code, detail }) => `${code} ${detail}`)].join(" ");
}

function lineOf(report: WorkerReport, style: Terminal["style"]): string {
  const [reason] = report.reasons;
  const why = reason === undefined ? "" : `  ${reasonText(reason)}. ${reason.remedy}`;
  return `${headline(report, style)}${why}`;
}
