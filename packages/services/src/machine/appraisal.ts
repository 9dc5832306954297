// What a survey means for somebody who wants to run a worker: the tier that is possible, and what stands in the way.

import type { Tier } from "@cocoon/protocol";
import { type Gpus, type MachineSurvey, sevProductOf } from "./survey.ts";

/** One thing that was looked at. */
export type MachineFinding = {
  readonly name: string;
  readonly found: string;
  /** Whether it stands in the way of the tier after the one that is possible, and what would mend it. */
  readonly remedy?: string;
};

export type MachineAppraisal = {
  readonly findings: readonly MachineFinding[];
  /** The highest tier that this machine's evidence could have, once its image is listed. */
  readonly tier: Extract<Tier, "open" | "confidential" | "confidential-gpu">;
};

const kernelMin = [6, 7] as const;

export function appraiseMachine(survey: MachineSurvey): MachineAppraisal {
  const { gpus, guest, hasTsm } = survey;
  const hasTee = guest !== undefined && !isMilan(survey) && canAsk(survey);
  const hasGpu = gpus.isConfidential === true && gpus.hasTool;
  const tier = hasTee ? (hasGpu ? "confidential-gpu" : "confidential") : "open";
  const inGuest = guest === undefined ? [] : [kernelFinding(survey), configfsFinding(survey)];
  const asking = guest !== undefined && !hasTsm ? [tsmFinding(survey)] : [];
  const findings = [
    cpuFinding(survey),
    guestFinding(survey),
    ...inGuest,
    ...asking,
    userFinding(survey),
    ...gpuFindings(gpus),
  ];
  return { tier, findings };
}

function canAsk({ hasSnpguest, hasTsm, isRoot }: MachineSurvey): boolean {
  return isRoot && (hasTsm || hasSnpguest);
}

function isMilan({ cpu }: MachineSurvey): boolean {
  return sevProductOf(cpu) === "Milan";
}

function cpuFinding(survey: MachineSurvey): MachineFinding {
  const { cpu } = survey;
  const name = "processor";
  if (cpu === undefined) {
    return { name, found: "not x86", remedy: "TDX needs an Intel Xeon, SEV-SNP an AMD EPYC" };
  }
  const line = sevProductOf(cpu);
  const found = [cpu.name, ...(line === undefined ? [] : [`SEV-SNP ${line}`])].join(", ");
  if (!isMilan(survey)) return { name, found };
  return {
    name,
    found,
    remedy: "every client refuses Milan: its secrets are out; use Genoa or Turin",
  };
}

const guestNames = { tdx: "Intel TDX", "sev-snp": "AMD SEV-SNP" } as const;

function guestFinding({ guest }: MachineSurvey): MachineFinding {
  const name = "guest";
  if (guest !== undefined) return { name, found: guestNames[guest] };
  return {
    name,
    found: "not in a TDX or SEV-SNP guest",
    remedy: "start this machine as one; on a host nothing keeps its operator out",
  };
}

function kernelFinding({ hasSnpguest, kernel = "unknown" }: MachineSurvey): MachineFinding {
  const [major = 0, minor = 0] = kernel.split(/[.-]/).map(Number);
  const isNewEnough = major > kernelMin[0] || (major === kernelMin[0] && minor >= kernelMin[1]);
  if (isNewEnough || hasSnpguest) return { name: "kernel", found: kernel };
  return { name: "kernel", found: kernel, remedy: "configfs-TSM needs Linux 6.7 or later" };
}

function configfsFinding({ hasConfigfs }: MachineSurvey): MachineFinding {
  if (hasConfigfs) return { name: "configfs", found: "mounted" };
  const remedy = "mount -t configfs none /sys/kernel/config";
  return { name: "configfs", found: "not mounted", remedy };
}

function tsmFinding({ guest, hasSnpguest }: MachineSurvey): MachineFinding {
  const name = "quotes";
  if (hasSnpguest) {
    return { name, found: 'through snpguest: set "reports": "snpguest" in the worker\'s attester' };
  }
  const driver = guest === "tdx" ? "tdx_guest" : "sev-guest";
  const tool = guest === "tdx" ? "" : "; on kernels before 6.7 install snpguest";
  return { name, found: "no configfs-TSM", remedy: `modprobe ${driver}${tool}` };
}

function userFinding({ isRoot }: MachineSurvey): MachineFinding {
  if (isRoot) return { name: "user", found: "root" };
  return { name: "user", found: "not root", remedy: "only root may ask a TEE" };
}

function gpuFindings({ count, driver, hasTool, isConfidential }: Gpus): readonly MachineFinding[] {
  if (count === 0) return [{ name: "GPU", found: "none of NVIDIA's" }];
  const name = "GPU";
  const found = `${count} of NVIDIA's`;
  if (driver === undefined) return [{ name, found, remedy: "install NVIDIA's driver" }];
  const tool = "nvattest";
  return [
    { name, found: `${found}, driver ${driver}` },
    isConfidential === true
      ? { name: "GPU mode", found: "confidential computing is on" }
      : {
          name: "GPU mode",
          found:
            isConfidential === undefined ? "unknown: nvidia-smi does not say" : "not confidential",
          remedy: "the host switches it on, for a Hopper GPU or later that is given to this guest",
        },
    hasTool
      ? { name: "GPU tool", found: tool }
      : {
          name: "GPU tool",
          found: "none",
          remedy: `install ${tool}, or name a command in the worker's attester`,
        },
  ];
}
