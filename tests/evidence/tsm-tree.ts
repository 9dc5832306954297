// A copy of the kernel's configfs-TSM folder in a temporary folder: files where the kernel has attributes. What the
// kernel does when an attribute is written happens here after the same writes and before the same reads.

import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { openTsmFolder, type TsmFolder } from "@cocoon/services";

export type TsmTree = TsmFolder & {
  /** Entries that were made and not removed. */
  readonly left: Set<string>;
};

export type RecordedTee = {
  readonly provider: string;
  /** The quote over what was written to inblob, or a recorded one. */
  readonly quote: (reportData: Uint8Array) => Promise<Uint8Array> | Uint8Array;
  readonly auxiliary?: Uint8Array;
  /** How often somebody else writes to an entry in the middle. */
  strangers?: number;
};

export function layTree(path: string, tee: RecordedTee): TsmTree {
  const real = openTsmFolder(path);
  const left = new Set<string>();
  let generation = 0;
  const put = (entry: string, name: string, content: string | Uint8Array) =>
    writeFile(join(path, entry, name), content);
  return {
    left,
    create: async (entry) => {
      await real.create(entry);
      left.add(entry);
      await put(entry, "provider", `${tee.provider}\n`);
      await put(entry, "generation", `${generation}\n`);
      await put(entry, "inblob", "");
      await put(entry, "outblob", "");
      if (tee.auxiliary !== undefined) await put(entry, "auxblob", tee.auxiliary);
    },
    write: async (entry, attribute, bytes) => {
      await real.write(entry, attribute, bytes);
      generation += 1;
      await put(entry, "outblob", await tee.quote(bytes));
      if ((tee.strangers ?? 0) > 0) {
        tee.strangers = (tee.strangers ?? 0) - 1;
        generation += 1;
      }
      await put(entry, "generation", `${generation}\n`);
    },
    read: (entry, attribute) => real.read(entry, attribute),
    // The kernel's attributes go with their folder; files do not.
    remove: async (entry) => {
      left.delete(entry);
      await rm(join(path, entry), { recursive: true });
    },
  };
}

/** A table of certificates as an SEV-SNP host gives it. */
export function certificateTable(guid: string, certificate: Uint8Array): Uint8Array {
  const offset = 48;
  const table = new Uint8Array(offset + certificate.length);
  table.set(Buffer.from(guid.replaceAll("-", ""), "hex"));
  const view = new DataView(table.buffer);
  view.setUint32(16, offset, true);
  view.setUint32(20, certificate.length, true);
  table.set(certificate, offset);
  return table;
}

/** Makes the folder that entries are made in. */
export async function makeFolder(path: string): Promise<string> {
  await mkdir(path, { recursive: true });
  return path;
}
