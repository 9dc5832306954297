// What the root of a local network says, as this release would have it.

import {
  channelCode,
  encodeRootGenesis,
  parseRootGenesis,
  proxyBondCode,
  type RootGenesis,
  workerBondCode,
} from "@cocoon/contracts";
import { simulatedEvaluationNumber, simulatedTeeType } from "@cocoon/devnet";
import { nanotons, roleByte, type SigningKey, toHex } from "@cocoon/protocol";
import { type Measurement, type ModelListing, type NetworkParams, rootGenesis } from "@cocoon/sdk";
import { readConfigFile, writeConfigFile } from "@cocoon/services";
import { existsSync } from "node:fs";
import { genesisPath } from "../home.ts";
import { tinyModel } from "./model.ts";
import { simulatedWorkerImage } from "./simulated-trust.ts";

const ton = 1_000_000_000n;

/** What a proxy has at stake. */
export const bond = nanotons(10n * ton);

/** Of the root and of the proxy's bond: there is one of each governance key and of each proxy key. */
export const genesisSalt = 1n;

export const params: NetworkParams = {
  tcbEvaluationFloor: simulatedEvaluationNumber,
  bondMin: bond,
  workerBondMin: nanotons(0n),
  channelCodeHash: channelCode.hash,
  proxyBondCodeHash: proxyBondCode.hash,
  workerBondCodeHash: workerBondCode.hash,
};
export const listing: ModelListing = {
  name: tinyModel.name,
  contextTokens: tinyModel.contextTokens,
  promptPerMillionMax: nanotons(ton),
  completionPerMillionMax: nanotons(ton),
};
export const measurement: Measurement = {
  teeType: simulatedTeeType,
  role: roleByte("worker"),
  evaluationMin: 0,
};

/**
 * How the root of this home began. It is written down before anything is deployed, because its address follows from
 * all of it, and a later release would begin otherwise.
 */
export function genesisOf(
  home: string,
  governanceKey: SigningKey,
  manifestHash: string,
): RootGenesis {
  const path = genesisPath(home);
  const recorded = existsSync(path)
    ? parseRootGenesis(readConfigFile(path).string("root", genesisLengthMax))
    : undefined;
  if (recorded !== undefined) return recorded;
  const genesis = rootGenesis({
    salt: genesisSalt,
    // One key that decides at once: a network on one machine is its owner's.
    governance: { keys: [toHex(governanceKey.publicKey)], threshold: 1, delaySeconds: 0 },
    // The same key judges workers, so that bonds can be tried out.
    auditors: { keys: [toHex(governanceKey.publicKey)], threshold: 1 },
    params,
    models: new Map([[manifestHash, listing]]),
    measurements: new Map([[simulatedWorkerImage, measurement]]),
  });
  writeConfigFile(path, { root: encodeRootGenesis(genesis) });
  return genesis;
}

const genesisLengthMax = 65_536;
