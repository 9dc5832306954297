// `cocoon tee`: what this machine can prove, and what is missing.

import {
  CocoonError,
  hardwareProfiles,
  identifyQuote,
  networkIds,
  type QuotedPlatform,
  tierStatements,
} from "@cocoon/protocol";
import {
  appraiseMachine,
  type MachineAppraisal,
  type MachineSurvey,
  type MachineView,
  openTsmFolder,
  surveyMachine,
  tsmReports,
  viewMachine,
} from "@cocoon/services";
import type { Run } from "../command.ts";
import { formatTable, type Style } from "../terminal.ts";

export const tee: Run = async (given, terminal) => {
  const { appraisal, survey } = await look(viewMachine());
  const quoted = await askTee(survey);
  if (given.flag("json")) {
    terminal.write(`${JSON.stringify({ ...appraisal, survey, quoted }, null, 2)}\n`);
  } else {
    terminal.write(formatAppraisal(appraisal, terminal.style));
    for (const line of quotedLines(quoted)) terminal.write(`${line}\n`);
  }
  return appraisal.tier === "open" ? 1 : 0;
};

export async function look(
  view: MachineView,
): Promise<{ readonly survey: MachineSurvey; readonly appraisal: MachineAppraisal }> {
  const survey = await surveyMachine(view);
  return { survey, appraisal: appraiseMachine(survey) };
}

export function formatAppraisal({ findings, tier }: MachineAppraisal, style: Style): string {
  const rows = findings.map(({ found, name, remedy }) => [name, found, remedy ?? ""]);
  const admission =
    tier === "open"
      ? 'Any machine can serve it: set "attester": {"kind": "open"} in the worker\'s configuration and post a bond, cocoon worker bond.'
      : "It counts once the root contract lists the image that runs here.";
  return `${formatTable([["WHAT", "FOUND", "TO DO"], ...rows])}
${style.bold(`Tier possible here: ${tier}.`)} ${tierStatements[tier]}
${admission}
`;
}

/** One quote, to see which image runs here: it has to be listed before anybody believes it. */
type Quoted =
  | { readonly profile: string; readonly teeType: number; readonly imageHash: string }
  | { readonly code: string; readonly message: string };

async function askTee({ cpu, guest, hasTsm }: MachineSurvey): Promise<Quoted | undefined> {
  if (guest === undefined || !hasTsm) return undefined;
  try {
    const { quote } = await tsmReports(openTsmFolder())(new Uint8Array(64));
    const context = { profiles: hardwareProfiles, networkId: networkIds.mainnet, cpu };
    return describe(identifyQuote(guest, quote, context));
  } catch (error) {
    if (!(error instanceof CocoonError)) throw error;
    return { code: error.code, message: error.message };
  }
}

function describe({ imageHash, profile }: QuotedPlatform): Quoted {
  return { profile: profile.id, teeType: profile.teeType, imageHash };
}

function quotedLines(quoted: Quoted | undefined): readonly string[] {
  if (quoted === undefined) return [];
  if ("code" in quoted) return [`Asked for a quote: ${quoted.code}: ${quoted.message}`];
  const { imageHash, profile, teeType } = quoted;
  return [`Image ${imageHash}, TEE type ${teeType} (${profile}).`];
}
