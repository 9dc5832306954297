// What auditors accuse a worker of, before they sign it: a file that travels between the holders of their keys.

import type { Verdict } from "@cocoon/protocol";
import { toHex } from "@cocoon/protocol";
import { readConfigFile, writeConfigFile } from "@cocoon/services";

const format = "cocoon-verdict/1";
const uint8Max = 0xff;
const uint32Max = 0xffff_ffff;

export function writeVerdict(path: string, { receipt, ...verdict }: Verdict): void {
  writeConfigFile(path, { format, ...verdict, receipt: toHex(receipt) });
}

/** Throws option_invalid. */
export function readVerdict(path: string): Verdict {
  const json = readConfigFile(path);
  json.oneOf("format", [format]);
  return {
    networkId: json.int("networkId"),
    bond: json.address("bond"),
    round: json.uint("round", uint32Max),
    receipt: json.hex("receipt", 32),
    reason: json.uint("reason", uint8Max),
  };
}
