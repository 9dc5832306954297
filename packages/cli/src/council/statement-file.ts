// A decision of governance before it is signed: a file that travels between the holders of the keys.

import { type Governance, type Resolution, type Statement } from "@cocoon/contracts";
import type { JsonReader } from "@cocoon/protocol";
import { readConfigFile, writeConfigFile } from "@cocoon/services";
import { describeChange, describeRevocation } from "../status/changes.ts";
import { readChange, readRevocation } from "./decision-json.ts";

const format = "cocoon-statement/1";

export function writeStatement(path: string, statement: Statement): void {
  writeConfigFile(path, { format, ...statement });
}

/** Throws option_invalid. */
export function readStatement(path: string): Statement {
  const json = readConfigFile(path);
  json.oneOf("format", [format]);
  return {
    networkId: json.int("networkId"),
    root: json.address("root"),
    sequence: json.uint("sequence"),
    validUntilSeconds: json.uint("validUntilSeconds"),
    resolution: readResolution(json.object("resolution")),
  };
}

function readResolution(json: JsonReader): Resolution {
  const action = json.oneOf("action", ["propose", "cancel", "revoke"]);
  if (action === "propose") return { action, change: readChange(json.object("change")) };
  if (action === "cancel") return { action, id: json.uint("id") };
  return { action, revocation: readRevocation(json.object("revocation")) };
}

/** What a statement would do, for whoever is about to sign it. */
export function describeResolution(
  resolution: Resolution,
  governance?: Pick<Governance, "delaySeconds">,
): string {
  if (resolution.action === "cancel") return `cancel change ${resolution.id}`;
  if (resolution.action === "revoke") {
    return `${describeRevocation(resolution.revocation)}, at once`;
  }
  const after = governance === undefined ? "after the delay" : `${governance.delaySeconds} s later`;
  return `${describeChange(resolution.change)}, ${after}`;
}
