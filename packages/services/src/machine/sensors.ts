// How warm and how busy a machine is, where it says.

import type { SensorReport } from "@cocoon/protocol";
import type { MachineView } from "./view.ts";

const query = "name,temperature.gpu,utilization.gpu,memory.used,memory.total";
const bytesPerMiB = 1_048_576;

/** NVIDIA's GPUs by nvidia-smi, and the processor's temperature by the kernel. What nobody tells is left out. */
export async function readSensors(
  view: Pick<MachineView, "list" | "run" | "text">,
): Promise<readonly SensorReport[]> {
  return [...(await gpuSensors(view)), ...cpuSensors(view)];
}

async function gpuSensors({ run }: Pick<MachineView, "run">): Promise<readonly SensorReport[]> {
  let table: string;
  try {
    table = await run("nvidia-smi", [`--query-gpu=${query}`, "--format=csv,noheader,nounits"]);
  } catch {
    return [];
  }
  const lines = table.split("\n").filter((line) => line.includes(","));
  return lines.map((line) => {
    const [name = "GPU", temperature, utilization, used, total] = line.split(/, */);
    return {
      name,
      temperatureCelsius: numberOf(temperature),
      utilizationPercent: numberOf(utilization),
      memoryUsedBytes: scaled(numberOf(used)),
      memoryTotalBytes: scaled(numberOf(total)),
    };
  });
}

/** "[N/A]" and "[Not Supported]" stand where a card does not say. */
function numberOf(text: string | undefined): number | null {
  return text !== undefined && /^\d+(?:\.\d+)?$/.test(text.trim()) ? Number(text) : null;
}

function scaled(mebibytes: number | null): number | null {
  return mebibytes === null ? null : mebibytes * bytesPerMiB;
}

/** Drivers that measure the processor itself: Intel's, AMD's, and ARM's. */
const cpuDrivers: ReadonlySet<string> = new Set(["coretemp", "k10temp", "cpu_thermal"]);
const folder = "sys/class/hwmon";

function cpuSensors({ list, text }: Pick<MachineView, "list" | "text">): readonly SensorReport[] {
  const chips = list(folder).filter((chip) =>
    cpuDrivers.has(text(`${folder}/${chip}/name`)?.trim() ?? ""),
  );
  const readings = chips.flatMap((chip) => {
    const milli = numberOf(text(`${folder}/${chip}/temp1_input`));
    return milli === null ? [] : [milli / 1_000];
  });
  if (readings.length === 0) return [];
  const hottest = {
    name: "CPU",
    temperatureCelsius: Math.max(...readings),
    utilizationPercent: null,
    memoryUsedBytes: null,
    memoryTotalBytes: null,
  };
  return [hottest];
}
