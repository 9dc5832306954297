// Reports of AMD's TEE where the kernel has /dev/sev-guest and not yet configfs-TSM. Node can't make the device's
// ioctl calls, so AMD's own tool has to be there: https://github.com/virtee/snpguest.

import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RunProgram } from "../machine/index.ts";
import { errnoOf, refuseEvidence, type ReportSource } from "./report-source.ts";

/** A source that runs `snpguest report REPORT REQUEST`. It gives no certificates: a VLEK can't be used this way. */
export function snpguestReports(run: RunProgram): ReportSource {
  return async (reportData) => {
    const folder = await mkdtemp(join(tmpdir(), "cocoon-snpguest-"));
    const [report, request] = [join(folder, "report"), join(folder, "request")];
    try {
      await writeFile(request, reportData);
      await run("snpguest", ["report", report, request]);
      const quote = await readFile(report);
      return { provider: "sev_guest", quote, auxiliary: new Uint8Array() };
    } catch (error) {
      const isMissing = errnoOf(error) === "ENOENT";
      return refuseEvidence(isMissing ? "snpguest is not installed" : "snpguest failed", error);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  };
}
