// What governance is about to change, in words.

import { formatTon } from "@cocoon/protocol";
import type { KeySet, PendingChange, Revocation, RootChange } from "@cocoon/sdk";
import { shorten } from "../terminal.ts";

/** One line on a change of the root. */
export function describeChange(change: RootChange): string {
  switch (change.kind) {
    case "setModel": {
      const { name, contextTokens, promptPerMillionMax, completionPerMillionMax } = change.listing;
      const prices = `${formatTon(promptPerMillionMax)} / ${formatTon(completionPerMillionMax)}`;
      return `list model ${name} (${shorten(change.manifestHash)}): ${contextTokens} tokens, at most ${prices} TON per million`;
    }
    case "removeModel":
      return `remove model ${shorten(change.manifestHash)}`;
    case "setMeasurement": {
      const { teeType, role, evaluationMin } = change.measurement;
      return `allow image ${shorten(change.imageHash)}: TEE type 0x${teeType.toString(16)}, role ${role}, TCB evaluation ${evaluationMin} or later`;
    }
    case "removeMeasurement":
      return `remove image ${shorten(change.imageHash)}`;
    case "setParams":
      return `set parameters: TCB evaluation floor ${change.params.tcbEvaluationFloor}, a proxy's bond ${formatTon(change.params.bondMin)} TON, a worker's ${formatTon(change.params.workerBondMin)} TON`;
    case "setAuditors":
      return `set auditors: ${describeKeys(change.auditors)}`;
    case "setGovernance":
      return `set governance: ${describeKeys(change.governance)}, delay ${change.governance.delaySeconds} s`;
    case "liftBan":
      return `lift the ban of platform ${shorten(change.platformId)}`;
  }
}

/** One line on what takes effect at once. */
export function describeRevocation(revocation: Revocation): string {
  switch (revocation.kind) {
    case "banPlatform":
      return `ban platform ${shorten(revocation.platformId)}`;
    case "raiseFloor":
      return `raise the TCB evaluation floor to ${revocation.tcbEvaluationFloor}`;
    default:
      return describeChange(revocation);
  }
}

function describeKeys({ keys, threshold }: KeySet): string {
  return keys.length === 0 ? "nobody" : `${threshold} of ${keys.length} keys`;
}

/** When anybody may execute it. */
export function describeTime({ executeAtSeconds }: PendingChange, nowMs: number): string {
  const at = new Date(executeAtSeconds * 1_000).toISOString().replace(".000Z", "Z");
  return executeAtSeconds * 1_000 <= nowMs ? `now, since ${at}` : at;
}
