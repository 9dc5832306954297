// The TEE that a worker's configuration names.

import {
  type Attester,
  CocoonError,
  networkIds,
  openAttester,
  type TrustProfile,
} from "@cocoon/protocol";
import {
  amdSources,
  type AttesterConfig,
  CollateralKeeper,
  errorFields,
  gpuCommandDefault,
  gpuTool,
  type HardwareAttesterConfig,
  intelSources,
  type Logger,
  openHardwareAttester,
  openTsmFolder,
  runProgram,
  snpguestReports,
  surveyCpu,
  tsmReports,
  viewMachine,
  type WorkerConfig,
} from "@cocoon/services";
import { readFileSync } from "node:fs";
import { join } from "node:path";

export type AttesterModules = {
  readonly profiles: readonly TrustProfile[];
  readonly logger: Logger;
  readonly now: () => number;
};

/**
 * Throws option_invalid where simulated evidence would not count, bond_insufficient where an open worker names no bond,
 * and what openHardwareAttester throws.
 */
export async function attesterOf(
  { attester, bond, home, network }: Pick<WorkerConfig, "attester" | "bond" | "home" | "network">,
  modules: AttesterModules,
): Promise<Attester> {
  const { networkId } = network;
  const config = attester ?? attesterDefault(networkId);
  if (config.kind === "open") {
    if (bond !== undefined) return openAttester;
    throw new CocoonError("bond_insufficient", { reason: "make one first: cocoon worker bond" });
  }
  if (config.kind === "tsm") return openHardware(config, { ...modules, home, networkId });
  if (networkId !== networkIds.devnet) {
    throw new CocoonError("option_invalid", {
      networkId,
      reason: "simulated evidence counts on a devnet only",
    });
  }
  const { openSimulatedAttester } = await import("../network/simulated-trust.ts");
  return openSimulatedAttester(modules.now);
}

function attesterDefault(networkId: number): AttesterConfig {
  return networkId === networkIds.devnet
    ? { kind: "simulated" }
    : { kind: "tsm", reports: "configfs" };
}

type Machine = AttesterModules & { readonly home: string; readonly networkId: number };

function openHardware(config: HardwareAttesterConfig, machine: Machine): Promise<Attester> {
  const { home, logger, networkId, now, profiles } = machine;
  const { amd = amdSources, gpu, intel = intelSources, reports } = config;
  const collateral = new CollateralKeeper({
    sources: { intel, amd },
    folder: join(home, "collateral"),
    now,
    onRefused: (error, host) => logger.warn("collateral_refused", { ...errorFields(error), host }),
  });
  return openHardwareAttester({
    reports: reports === "snpguest" ? snpguestReports(runProgram) : tsmReports(openTsmFolder()),
    collateral,
    profiles,
    networkId,
    cpu: surveyCpu(viewMachine()),
    ...(gpu !== undefined && {
      gpus: gpuTool({
        command: gpu.command ?? gpuCommandDefault,
        measurements: readMeasurements(gpu.measurementsPath),
        run: runProgram,
      }),
    }),
  });
}

function readMeasurements(path: string): string {
  try {
    return readFileSync(path, "utf8").trim();
  } catch (cause) {
    throw new CocoonError("option_invalid", { file: path, reason: "cannot be read" }, { cause });
  }
}
