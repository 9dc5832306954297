// One role from a configuration file: the way of production.

import { createLogger, errorFields, readConfigFile } from "@cocoon/services";
import type { Arguments, Run } from "../command.ts";
import { openProxyOperator, proxyBondActions } from "../operator/proxy-bond.ts";
import { prepareProxy } from "../roles/proxy.ts";
import { type PrepareRole, runRole } from "../roles/role.ts";
import { prepareWitness } from "../roles/witness.ts";
import { UsageError } from "../usage-error.ts";

export const proxy: Run = async (given, terminal) => {
  const [name] = given.positionals;
  if (name === undefined) return await runNode("proxy", given, prepareProxy);
  const act = actionOf("proxy", proxyBondActions, name);
  await act(openProxyOperator(given, terminal));
  return 0;
};
export const witness: Run = (given) => runNode("witness", given, prepareWitness);

/** Throws UsageError for a name that none has. */
export function actionOf<Action>(
  command: string,
  actions: Readonly<Record<string, Action>>,
  name: string,
): Action {
  const action = Object.hasOwn(actions, name) ? actions[name] : undefined;
  if (action !== undefined) return action;
  throw new UsageError(`cocoon ${command} is followed by ${Object.keys(actions).join(", ")}`);
}

/** Runs a role from the file that --config names, until a signal. Throws UsageError, and what the role failed of. */
export async function runNode(
  name: string,
  given: Arguments,
  prepare: PrepareRole,
): Promise<number> {
  const path = given.text("config");
  if (path === undefined) throw new UsageError(`cocoon ${name} needs --config FILE`);
  const config = readConfigFile(path);
  const logger = createLogger({ role: name });
  const stopped = signalled();
  try {
    await runRole(() => prepare(config, logger), {
      mayStart: Promise.resolve(),
      stopped,
      onReady: () => logger.event("role_ready"),
    });
    logger.event("role_stopped");
    return 0;
  } catch (error) {
    logger.error("role_failed", errorFields(error));
    throw error;
  } finally {
    logger.close();
  }
}

/** Resolves at the first signal to stop; a second one ends the process at once. */
function signalled(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => resolve());
  });
}
