// The table of commands. What runs a command is loaded when it is run, so that help and verification start fast.

import type { Command } from "./command.ts";
import { clientCommands } from "./table/client.ts";
import { governanceCommands } from "./table/governance.ts";
import { machineCommands } from "./table/machine.ts";
import { networkCommands } from "./table/network.ts";
import { nodeCommands } from "./table/node.ts";

export const commands: readonly Command[] = [
  ...networkCommands,
  ...clientCommands,
  ...nodeCommands,
  ...machineCommands,
  ...governanceCommands,
];
