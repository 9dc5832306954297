// The process that runs the model. A fault of native code ends this process and not the worker; a thread would not do:
// terminating one during a generation takes the whole process down.

import { LoadedModel } from "./llama-model.ts";
import type { FromChild, ToChild } from "./llama-messages.ts";
import { Outbox } from "./outbox.ts";

// The parent is gone, perhaps killed: there is nothing to save, and native threads would not let a plain exit be clean.
process.on("disconnect", () => process.kill(process.pid, "SIGKILL"));
// Ctrl-C reaches the whole process group, but the worker decides when its engine ends.
process.on("SIGINT", () => undefined);
process.on("SIGTERM", () => undefined);

function send(message: FromChild): void {
  process.send?.(message);
}

let model: LoadedModel | undefined;
const outbox = new Outbox((events) => send({ type: "events", events }));

async function take(message: ToChild): Promise<void> {
  if (message.type !== "load") {
    model?.take(message);
    return;
  }
  model = await LoadedModel.load(message, (event) => outbox.put(event));
  send(model.loaded);
}

process.on("message", (message: ToChild) => void take(message));
