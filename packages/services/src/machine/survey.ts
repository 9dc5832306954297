// What a machine has of what it takes to prove what runs in it.

import { type GuestKind, sevProductLines } from "@cocoon/protocol";
import type { MachineView } from "./view.ts";

export type Cpu = {
  /** "GenuineIntel", "AuthenticAMD". */
  readonly vendor: string;
  readonly family: number;
  readonly model: number;
  readonly name: string;
};

export type Gpus = {
  /** NVIDIA's devices on the PCI bus. */
  readonly count: number;
  /** Version of NVIDIA's driver; undefined where it is not loaded. */
  readonly driver: string | undefined;
  /** Whether they are in confidential-computing mode; undefined where nobody says. */
  readonly isConfidential: boolean | undefined;
  /** Whether NVIDIA's evidence tool answers. */
  readonly hasTool: boolean;
};

export type MachineSurvey = {
  readonly cpu: Cpu | undefined;
  /** "6.8.0-45-generic". */
  readonly kernel: string | undefined;
  /** Which TEE protects this guest; undefined on ordinary machines and on hosts. */
  readonly guest: GuestKind | undefined;
  readonly hasConfigfs: boolean;
  /** Whether the kernel's interface for quotes is there. */
  readonly hasTsm: boolean;
  /** Whether AMD's tool answers, for kernels without that interface. */
  readonly hasSnpguest: boolean;
  readonly isRoot: boolean;
  readonly gpus: Gpus;
};

export async function surveyMachine(view: MachineView): Promise<MachineSurvey> {
  const guest = guestOf(view);
  return {
    cpu: surveyCpu(view),
    kernel: view.text("proc/sys/kernel/osrelease")?.trim(),
    guest,
    hasConfigfs: / \/sys\/kernel\/config configfs /.test(view.text("proc/mounts") ?? ""),
    hasTsm: view.exists("sys/kernel/config/tsm/report"),
    hasSnpguest: guest === "sev-snp" && (await answers(view, "snpguest", "--version")),
    isRoot: view.isRoot,
    gpus: await surveyGpus(view),
  };
}

/** Undefined where the kernel does not say, as on other architectures than x86. */
export function surveyCpu(view: Pick<MachineView, "text">): Cpu | undefined {
  const text = view.text("proc/cpuinfo") ?? "";
  const field = (name: string) => new RegExp(`^${name}\\s*: (.*)$`, "m").exec(text)?.[1] ?? "";
  const vendor = field("vendor_id");
  if (vendor === "") return undefined;
  const [family, model] = [Number(field("cpu family")), Number(field("model"))];
  return { vendor, family, model, name: field("model name").trim() };
}

/** AMD's product line with SEV-SNP that a processor belongs to. */
export function sevProductOf(cpu: Cpu | undefined): string | undefined {
  if (cpu?.vendor !== "AuthenticAMD") return undefined;
  const lines = Object.entries(sevProductLines);
  return lines.find(([, line]) => line.family === cpu.family && line.hasModel(cpu.model))?.[0];
}

/** The drivers of both TEEs make their device in guests alone. */
function guestOf(view: MachineView): GuestKind | undefined {
  if (view.exists("dev/tdx_guest")) return "tdx";
  if (view.exists("dev/sev-guest")) return "sev-snp";
  // The driver may not be loaded yet.
  const flags = /^flags\s*:(.*)$/m.exec(view.text("proc/cpuinfo") ?? "")?.[1]?.split(" ") ?? [];
  return flags.includes("tdx_guest") ? "tdx" : undefined;
}

const nvidiaVendor = "0x10de";
/** PCI classes of display and 3D controllers. */
const gpuClass = /^0x03/;

async function surveyGpus(view: MachineView): Promise<Gpus> {
  const folder = "sys/bus/pci/devices";
  const devices = view.list(folder).filter((device) => {
    const text = (name: string) => view.text(`${folder}/${device}/${name}`)?.trim() ?? "";
    return text("vendor") === nvidiaVendor && gpuClass.test(text("class"));
  });
  const version = view.text("proc/driver/nvidia/version") ?? "";
  const driver = /(?:Module|x86_64) +(?:for x86_64 +)?(\d+\.[\d.]+)/.exec(version)?.[1];
  const hasDriver = devices.length > 0 && driver !== undefined;
  return {
    count: devices.length,
    driver,
    isConfidential: hasDriver ? await askConfidential(view) : undefined,
    hasTool: hasDriver && (await answers(view, "nvattest", "version")),
  };
}

async function askConfidential(view: MachineView): Promise<boolean | undefined> {
  try {
    const answer = await view.run("nvidia-smi", ["conf-compute", "-f"]);
    return /CC status: *ON/i.test(answer);
  } catch {
    return undefined;
  }
}

async function answers(view: MachineView, program: string, argument: string): Promise<boolean> {
  try {
    await view.run(program, [argument]);
    return true;
  } catch {
    return false;
  }
}
