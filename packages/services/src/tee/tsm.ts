// Quotes through the Linux interface that is the same for all TEEs: configfs-TSM, from kernel 6.7 on
// (Documentation/ABI/testing/configfs-tsm-report of the kernel).

import { quoteBytesMax } from "@cocoon/protocol";
import { randomUUID } from "node:crypto";
import { constants } from "node:fs";
import { mkdir, readFile, rmdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { errnoOf, type MachineReport, refuseEvidence, type ReportSource } from "./report-source.ts";

/** Where the kernel keeps the entries. */
export const tsmPath = "/sys/kernel/config/tsm/report";

/** The folder of entries. The kernel fills an entry with its attributes when it is made. */
export type TsmFolder = {
  create(entry: string): Promise<void>;
  remove(entry: string): Promise<void>;
  read(entry: string, attribute: string): Promise<Uint8Array>;
  write(entry: string, attribute: string, bytes: Uint8Array): Promise<void>;
};

export function openTsmFolder(path: string = tsmPath): TsmFolder {
  return {
    create: (entry) => mkdir(join(path, entry)),
    remove: (entry) => rmdir(join(path, entry)),
    read: (entry, attribute) => readFile(join(path, entry, attribute)),
    // Write-only, as the attribute is: any other flag is refused.
    write: (entry, attribute, bytes) =>
      writeFile(join(path, entry, attribute), bytes, { flag: constants.O_WRONLY }),
  };
}

/** Another program that asks through the same entry makes the attempt worthless. */
const attemptsMax = 3;

/** A source that makes an entry of its own for each quote, and removes it. */
export function tsmReports(folder: TsmFolder): ReportSource {
  return async (reportData) => {
    for (let attempt = 0; attempt < attemptsMax; attempt += 1) {
      const report = await askOnce(folder, reportData);
      if (report !== undefined) return report;
    }
    return refuseEvidence("other programs ask the TEE at the same time");
  };
}

/** Undefined when somebody else wrote to the entry meanwhile. */
async function askOnce(
  folder: TsmFolder,
  reportData: Uint8Array,
): Promise<MachineReport | undefined> {
  const entry = `cocoon-${randomUUID()}`;
  await saying("make an entry", () => folder.create(entry));
  try {
    const text = (attribute: string) => readText(folder, entry, attribute);
    const before = BigInt(await text("generation"));
    await saying("write the report data", () => folder.write(entry, "inblob", reportData));
    const quote = await saying("make a quote", () => readQuote(folder, entry));
    const auxiliary = await readAuxiliary(folder, entry);
    const provider = await text("provider");
    const isOurs = BigInt(await text("generation")) === before + 1n;
    return quote !== undefined && isOurs ? { provider, quote, auxiliary } : undefined;
  } finally {
    // An entry that stays costs a few bytes of the kernel's until the next boot.
    await folder.remove(entry).catch(() => undefined);
  }
}

async function readText(folder: TsmFolder, entry: string, attribute: string): Promise<string> {
  const bytes = await saying(`read ${attribute}`, () => folder.read(entry, attribute));
  const text = new TextDecoder().decode(bytes).trim();
  if (!/^\w{1,32}$/.test(text)) refuseEvidence(`${attribute} is not what the kernel writes`);
  return text;
}

/** The kernel makes the quote when it is read; undefined when it says that the request was changed meanwhile. */
async function readQuote(folder: TsmFolder, entry: string): Promise<Uint8Array | undefined> {
  try {
    return sized(await folder.read(entry, "outblob"));
  } catch (error) {
    if (["EAGAIN", "EWOULDBLOCK", "EBUSY"].includes(errnoOf(error))) return undefined;
    throw error;
  }
}

/** TDX has none, and a host need not give any. */
async function readAuxiliary(folder: TsmFolder, entry: string): Promise<Uint8Array> {
  try {
    return sized(await folder.read(entry, "auxblob"));
  } catch {
    return new Uint8Array();
  }
}

function sized(bytes: Uint8Array): Uint8Array {
  if (bytes.length === 0 || bytes.length > quoteBytesMax) refuseEvidence("a quote of no such size");
  return bytes;
}

const remedies: Readonly<Record<string, string>> = {
  ENOENT: "configfs-TSM is not there: it needs Linux 6.7 in a TDX or SEV-SNP guest",
  EACCES: "not allowed: run as root",
  EPERM: "not allowed: run as root",
  ENXIO: "no TEE answers in this machine",
};

async function saying<Result>(what: string, step: () => Promise<Result>): Promise<Result> {
  try {
    return await step();
  } catch (error) {
    if (error instanceof Error && error.name === "CocoonError") throw error;
    const errno = errnoOf(error);
    return refuseEvidence(remedies[errno] ?? `the kernel does not ${what}: ${errno}`, error);
  }
}
