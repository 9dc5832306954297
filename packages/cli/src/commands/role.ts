// A role of a local network as a child of `cocoon up`. The parent says when to start and when to stop; when the parent
// is gone, the role ends by itself.

import { CocoonError } from "@cocoon/protocol";
import { createLogger, errorFields, readConfigFile } from "@cocoon/services";
import type { Run } from "../command.ts";
import { configPath, homeOf, type RoleName, roleNames } from "../home.ts";
import { prepareDevnet } from "../roles/devnet.ts";
import { prepareGateway } from "../roles/gateway.ts";
import { prepareProxy } from "../roles/proxy.ts";
import { type Control, type PrepareRole, runRole } from "../roles/role.ts";
import { prepareWorker } from "../roles/worker.ts";
import type { FromRole, ToRole } from "../supervisor/messages.ts";
import { UsageError } from "../usage-error.ts";

const prepareRole: Readonly<Record<RoleName, PrepareRole>> = {
  devnet: prepareDevnet,
  proxy: prepareProxy,
  "worker-1": prepareWorker,
  "worker-2": prepareWorker,
  gateway: prepareGateway,
};

/** Without a parent there is nobody to wait for: closing may take so long. */
const orphanGraceMs = 5_000;

export const role: Run = async (given) => {
  const [name] = given.positionals;
  const known = roleNames.find((candidate) => candidate === name);
  if (known === undefined) throw new UsageError(`unknown role: ${name}`);
  if (process.send === undefined) throw new UsageError("cocoon role is started by cocoon up");
  const control = followParent();
  const logger = createLogger({ role: known, level: given.flag("verbose") ? "debug" : "info" });
  try {
    const config = readConfigFile(configPath(homeOf(given), known));
    await runRole(async () => {
      const prepared = await prepareRole[known](config, logger);
      await say({ kind: "prepared" });
      return prepared;
    }, control);
    logger.event("role_stopped");
    return 0;
  } catch (error) {
    logger.error("role_failed", errorFields(error));
    await say(failureOf(error));
    if (!(error instanceof CocoonError)) throw error;
    return 1;
  } finally {
    logger.close();
    process.removeAllListeners("disconnect");
    if (process.connected) process.disconnect();
  }
};

/** Follows the parent's word. Ctrl-C reaches the whole process group, but the parent decides in which order roles stop. */
function followParent(): Control {
  let start: () => void = () => undefined;
  let stop: () => void = () => undefined;
  const mayStart = new Promise<void>((resolve) => {
    start = resolve;
  });
  const stopped = new Promise<void>((resolve) => {
    stop = resolve;
  });
  process.on("message", ({ kind }: ToRole) => {
    if (kind === "start") start();
    else stop();
  });
  process.on("SIGINT", () => undefined);
  process.on("SIGTERM", () => stop());
  process.on("disconnect", () => {
    stop();
    setTimeout(() => process.exit(1), orphanGraceMs).unref();
  });
  return { mayStart, stopped, onReady: (facts) => void say({ kind: "ready", facts }) };
}

/** Resolves when the message has left, or cannot any more. */
function say(message: FromRole): Promise<void> {
  return new Promise((resolve) => {
    if (process.send === undefined || !process.connected) resolve();
    else process.send(message, undefined, undefined, () => resolve());
  });
}

function failureOf(error: unknown): FromRole {
  if (!(error instanceof CocoonError)) return { kind: "failed", code: "internal", details: {} };
  return { kind: "failed", code: error.code, details: error.details };
}
