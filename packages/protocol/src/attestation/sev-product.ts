// What differs between AMD's product lines with SEV-SNP: "SEV Secure Nested Paging Firmware ABI Specification",
// document 56860, and "Versioned Chip Endorsement Key (VCEK) Certificate and KDS Interface Specification", 57230.

/** A product line, as AMD names it in certificates. */
export type SevProduct = "Milan" | "Genoa" | "Turin";

/** Versions of what AMD can replace on a platform, each 0 to 255. */
export type SevTcb = {
  /** Absent before Turin. */
  readonly fmc: number;
  readonly bootloader: number;
  readonly tee: number;
  readonly snp: number;
  readonly microcode: number;
};

const sevTcbParts = ["fmc", "bootloader", "tee", "snp", "microcode"] as const;

export type SevProductLine = {
  /** Where each version stands among the 8 bytes of a TCB version. */
  readonly tcbOffsets: Partial<Readonly<Record<keyof SevTcb, number>>>;
  /** Of the chip's id, which the report pads with zeros to 64. */
  readonly chipIdBytes: number;
  /** CPUID family, and whether a model of it belongs to the line. */
  readonly family: number;
  readonly hasModel: (model: number) => boolean;
};

const beforeTurin = { bootloader: 0, tee: 1, snp: 6, microcode: 7 };

export const sevProductLines: Readonly<Record<SevProduct, SevProductLine>> = {
  Milan: {
    tcbOffsets: beforeTurin,
    chipIdBytes: 64,
    family: 0x19,
    hasModel: (model) => model < 0x10,
  },
  Genoa: {
    tcbOffsets: beforeTurin,
    chipIdBytes: 64,
    family: 0x19,
    hasModel: (model) => (model >= 0x10 && model < 0x20) || (model >= 0xa0 && model < 0xb0),
  },
  Turin: {
    tcbOffsets: { fmc: 0, bootloader: 1, tee: 2, snp: 3, microcode: 7 },
    chipIdBytes: 8,
    family: 0x1a,
    hasModel: (model) => model < 0x20,
  },
};

/** Versions in a report's 8 bytes. */
export function readSevTcb(bytes: Uint8Array, product: SevProduct): SevTcb {
  const { tcbOffsets } = sevProductLines[product];
  const at = (part: keyof SevTcb) => bytes[tcbOffsets[part] ?? bytes.length] ?? 0;
  return {
    fmc: at("fmc"),
    bootloader: at("bootloader"),
    tee: at("tee"),
    snp: at("snp"),
    microcode: at("microcode"),
  };
}

export function equalSevTcb(left: SevTcb, right: SevTcb): boolean {
  return sevTcbParts.every((part) => left[part] === right[part]);
}

/** Whether every version is at least the other's. */
export function reachesSevTcb(tcb: SevTcb, minimum: SevTcb): boolean {
  return sevTcbParts.every((part) => tcb[part] >= minimum[part]);
}
