// The worker's collateral client, with a clock, a shelf, and servers that are closed when the tests of a file are over.

import { after } from "node:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createSimulatedVendor, simulatedProfile, simulatedSevProfiles } from "@cocoon/devnet";
import {
  type CocoonError,
  type ErrorCode,
  identifyQuote,
  type TrustProfile,
} from "@cocoon/protocol";
import { CollateralKeeper, type CollateralQuestion } from "@cocoon/services";
import { type Answer, serveVendor, type VendorServer } from "./vendor-server.ts";

export const nowMs = Date.parse("2026-02-25T12:00:00Z");
export const dayMs = 86_400_000;
export const home = mkdtempSync(join(tmpdir(), "cocoon-collateral-"));
const servers: VendorServer[] = [];
after(async () => {
  for (const server of servers) await server.close();
  rmSync(home, { recursive: true, force: true });
});

export async function serve(answers: ReadonlyMap<string, Answer>): Promise<VendorServer> {
  const server = await serveVendor(answers);
  servers.push(server);
  return server;
}

export const simulatedProfiles: readonly TrustProfile[] = [
  simulatedProfile,
  ...Object.values(simulatedSevProfiles),
];

export const vendor = await createSimulatedVendor({ nowMs: () => nowMs });
export const reportData = new Uint8Array(64);
const quote = await vendor.quote({ measurement: "worker", reportData });
export const networkId = -7_239;
export const question: CollateralQuestion = {
  platform: identifyQuote("tdx", quote, { profiles: simulatedProfiles, networkId }),
  quote,
  evaluationMin: 0,
};

export type Rig = {
  readonly keeper: CollateralKeeper;
  readonly refused: { readonly code: ErrorCode; readonly reason: unknown; readonly host: string }[];
  clockMs: number;
};

let folders = 0;

export function keep(
  sources: readonly (VendorServer | string)[],
  { folder = `shelf-${(folders += 1)}`, timeoutMs = 60_000 } = {},
): Rig {
  const urls = sources.map((source) => ({ url: typeof source === "string" ? source : source.url }));
  const rig: Rig = {
    refused: [],
    clockMs: nowMs,
    keeper: new CollateralKeeper({
      sources: { intel: urls, amd: urls },
      folder: join(home, folder),
      now: () => rig.clockMs,
      timeoutMs,
      onRefused: ({ code, details }: CocoonError, host) =>
        void rig.refused.push({ code, reason: details["reason"], host }),
    }),
  };
  return rig;
}

export const good = await vendor.collateral();
