// What `cocoon help` prints.

import type { Command, Option } from "./command.ts";
import { formatTable } from "./terminal.ts";

const exitStatuses = `Exit status
  0    it worked; for verify: every check holds
  1    it was refused or failed; the message begins with the code of spec/9-errors.md
  2    the command line is wrong
  130  interrupted
`;

export function overview(commands: readonly Command[]): string {
  const listed = commands
    .filter(({ isInternal }) => isInternal !== true)
    .map(({ name, summary }) => [`  ${name}`, summary]);
  return `Cocoon: private AI that nobody owns

Usage: cocoon COMMAND [OPTIONS]

${formatTable(listed)}
  cocoon COMMAND --help says more; cocoon --version says which release this is.

${exitStatuses}`;
}

export function helpOf(command: Command): string {
  const { name, positionals, summary, options, details } = command;
  const usage = ["cocoon", name, positionals, options.length === 0 ? "" : "[OPTIONS]"];
  const parts = [`Usage: ${usage.filter((word) => word !== "").join(" ")}\n`, `${summary}\n`];
  if (options.length > 0) parts.push(formatTable(options.map(optionRow)));
  if (details !== undefined) parts.push(`${details}\n`);
  parts.push(exitStatuses);
  return parts.join("\n");
}

function optionRow({ name, value, multiple, meaning }: Option): string[] {
  const repeated = multiple === true ? " ..." : "";
  return [`  --${name}${value === undefined ? "" : ` ${value}`}${repeated}`, meaning];
}
