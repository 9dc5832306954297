// Commands for what this machine has.

import type { Command } from "../command.ts";
import { home, json, none } from "./options.ts";

export const machineCommands: readonly Command[] = [
  {
    name: "tee",
    summary: "say what this machine can prove, which tier it could have, and what is missing",
    ...none,
    options: [json],
    details: `Looks at the processor, the guest, the kernel's interface for quotes and NVIDIA's GPUs, changes nothing, and asks the
TEE, if there is one, for a quote, to name the image that runs here. The exit status is 0 where a tier above open is possible.`,
    load: async () => (await import("../commands/tee.ts")).tee,
  },
  {
    name: "model",
    summary: "bring a model's weights to this machine, or list those that are here",
    positionals: "pull hf:OWNER/NAME:FILE[@REVISION] | list",
    positionalsMin: 1,
    positionalsMax: 2,
    options: [
      {
        name: "hub",
        value: "URL",
        meaning: "the hub, or a mirror of it; default: https://huggingface.co",
      },
      json,
      home,
    ],
    details: `Weights are kept in DIR/models. A pull that was broken off goes on where it stopped, and a file is kept only when its SHA-256
is the one that the hub names. COCOON_HUB_TOKEN opens what needs a login.`,
    load: async () => (await import("../commands/model.ts")).model,
  },
];
