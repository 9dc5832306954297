// Everything public, by hand.

export { runCli, version } from "./cli.ts";
export { createTerminal, type Style, type Terminal } from "./terminal.ts";
