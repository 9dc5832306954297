import { CocoonError, type JsonReader } from "@cocoon/protocol";
import { readUrl } from "./network.ts";

/** A vendor's server, or a cache of it. */
export type CollateralSourceConfig = {
  /** What stands before the paths of the vendor's interface: scheme, host and port. */
  readonly url: string;
  /** Of the list of what Intel's root revoked, where the server has it elsewhere. */
  readonly rootListUrl?: string;
};

export type HardwareAttesterConfig = {
  readonly kind: "tsm";
  /** Who asks the TEE: the kernel's configfs-TSM (default), or AMD's snpguest on kernels before 6.7. */
  readonly reports: "configfs" | "snpguest";
  /** All are asked; the newest collateral counts. Default: the vendors' own servers. */
  readonly intel?: readonly CollateralSourceConfig[];
  readonly amd?: readonly CollateralSourceConfig[];
  /** Absent where the machine has no GPU to show. */
  readonly gpu?: {
    /** Program and arguments; default NVIDIA's nvattest. */
    readonly command?: readonly string[];
    /** File with the set of measurements that the root contract lists. */
    readonly measurementsPath: string;
  };
};

/**
 * How a worker proves what it runs in. Simulated evidence counts on a devnet alone; `open` is an ordinary machine, which
 * proves nothing and needs a bond.
 */
export type AttesterConfig =
  | { readonly kind: "simulated" }
  | { readonly kind: "open" }
  | HardwareAttesterConfig;

const sourcesMax = 8;
const argumentsMax = 32;

export function readAttester(json: JsonReader): AttesterConfig {
  const kind = json.oneOf("kind", ["simulated", "open", "tsm"]);
  if (kind !== "tsm") return { kind };
  return {
    kind,
    reports: json.has("reports") ? json.oneOf("reports", ["configfs", "snpguest"]) : "configfs",
    ...(json.has("intel") && { intel: readSources(json, "intel") }),
    ...(json.has("amd") && { amd: readSources(json, "amd") }),
    ...(json.has("gpu") && { gpu: readGpu(json.object("gpu")) }),
  };
}

function readSources(json: JsonReader, name: string): readonly CollateralSourceConfig[] {
  const sources = json.objects(name, sourcesMax).map((source) => ({
    url: readUrl(source.string("url")).replace(/\/+$/, ""),
    ...(source.has("rootListUrl") && { rootListUrl: readUrl(source.string("rootListUrl")) }),
  }));
  if (sources.length === 0) throw new CocoonError("option_invalid", { field: name });
  return sources;
}

function readGpu(json: JsonReader): HardwareAttesterConfig["gpu"] & object {
  const command = json.has("command") ? json.strings("command", argumentsMax) : undefined;
  if (command?.length === 0) throw new CocoonError("option_invalid", { field: "command" });
  return {
    measurementsPath: json.string("measurementsPath"),
    ...(command !== undefined && { command }),
  };
}
