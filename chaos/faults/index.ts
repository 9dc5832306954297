import { crookFaults } from "./crooks.ts";
import type { FaultKind } from "./fault.ts";
import { processFaults } from "./processes.ts";
import { strangerFaults } from "./strangers.ts";
import { wireFaultKinds } from "./wires.ts";

export type { Fault, FaultKind } from "./fault.ts";
export { comes, rest } from "./fault.ts";

export const faultKinds: readonly FaultKind[] = [
  ...processFaults,
  ...wireFaultKinds,
  ...crookFaults,
  ...strangerFaults,
];
