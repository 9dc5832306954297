// Commands for the rules of a network.

import type { Command } from "../command.ts";
import { home, json, keystore, network } from "./options.ts";

export const governanceCommands: readonly Command[] = [
  {
    name: "governance",
    summary: "show the network's rules and what will change; propose, sign and send changes",
    positionals: "ACTION [ARGUMENTS]",
    positionalsMin: 1,
    positionalsMax: 12,
    options: [
      { name: "out", value: "FILE", meaning: "where the statement, or the signature, is written" },
      { name: "now", meaning: "sign with the home directory's key and send at once" },
      { name: "valid-hours", value: "N", meaning: "how long the statement is good; default 24" },
      keystore,
      { name: "yes", meaning: "without asking" },
      network,
      json,
      home,
    ],
    details: `  show                      rules, keys, and what is pending
  propose CHANGE.json       a change, which waits out the delay of governance
  cancel ID                 the end of a pending change
  revoke model|image HASH   at once; so do:
  ban PLATFORM_ID
  raise-floor NUMBER
  sign STATEMENT            with one key; asks first, and needs no network
  send STATEMENT SIGNATURE ...
  execute ID                by anyone, once its time has come

What decides writes a statement to --out. The holders of the keys sign it, each where the key is, and anybody sends it
with as many signatures as the root asks for. docs/governance.md has the fields of a change.`,
    load: async () => (await import("../commands/governance.ts")).governance,
  },
];
