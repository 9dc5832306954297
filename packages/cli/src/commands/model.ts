// `cocoon model`: weights on this machine.

import { join } from "node:path";
import {
  environment,
  type HubFile,
  listWeights,
  parseWeightsSource,
  pullWeights,
  type ShelvedWeights,
} from "@cocoon/services";
import type { Arguments, Run } from "../command.ts";
import { homeOf } from "../home.ts";
import { listenForInterrupts } from "../supervisor/interrupts.ts";
import { formatBytes, formatTable, type Terminal } from "../terminal.ts";
import { UsageError } from "../usage-error.ts";
import { wait } from "../waiting.ts";
import { ProgressBar } from "../weights/progress-bar.ts";

const hubDefault = "https://huggingface.co";

export const model: Run = async (given, terminal) => {
  const [action, text] = given.positionals;
  if (action === "list" && text === undefined) return await list(given, terminal);
  if (action === "pull" && text !== undefined) return await pull(given, text, terminal);
  throw new UsageError("cocoon model is followed by list, or by pull and hf:OWNER/NAME:FILE");
};

function folderOf(given: Arguments): string {
  return join(homeOf(given), "models");
}

async function list(given: Arguments, terminal: Terminal): Promise<number> {
  const weights = await listWeights(folderOf(given));
  if (given.flag("json")) terminal.write(`${JSON.stringify(weights, undefined, 2)}\n`);
  else if (weights.length === 0) terminal.note("no weights here: cocoon model pull brings some\n");
  else terminal.write(formatTable(weights.map(rowOf)));
  return 0;
}

function rowOf({ path, sizeBytes, source }: ShelvedWeights): readonly string[] {
  return [path, formatBytes(sizeBytes), source];
}

/** Ctrl-C leaves what came; the next pull goes on from there. */
async function pull(given: Arguments, text: string, terminal: Terminal): Promise<number> {
  const source = parseWeightsSource(text);
  const interrupts = listenForInterrupts(() => process.exit(130));
  const bar = new ProgressBar(terminal, () => performance.now());
  try {
    const weights = await pullWeights(folderOf(given), source, {
      hub: { url: given.text("hub") ?? hubDefault, token: environment().hubToken, fetch },
      signal: interrupts.signal,
      pause: wait,
      onFound: (file: HubFile) => bar.begin(file.sizeBytes),
      onProgress: (doneBytes) => bar.move(doneBytes),
    });
    bar.end();
    if (given.flag("json")) terminal.write(`${JSON.stringify(weights, undefined, 2)}\n`);
    else terminal.write(`${weights.path}\n  ${weights.source}\n  sha256 ${weights.sha256}\n`);
    return 0;
  } finally {
    bar.end();
    interrupts.release();
  }
}
