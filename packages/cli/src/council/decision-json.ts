// Decisions of governance as JSON: the fields of RootChange and Revocation under their own names. Amounts are decimal texts.

import { changeCell, type KeySet, type Revocation, type RootChange } from "@cocoon/contracts";
import { CocoonError, JsonReader, toHex } from "@cocoon/protocol";

type Decision = RootChange | Revocation;
type Kind = Decision["kind"];
type Read = (json: JsonReader) => Decision;

const uint8Max = 0xff;
const uint32Max = 0xffff_ffff;
const keysMax = 10;
const code = "option_invalid";

const readers: Readonly<Record<Kind, Read>> = {
  setModel: (json) => {
    const listing = json.object("listing");
    return {
      kind: "setModel",
      manifestHash: hash(json, "manifestHash"),
      listing: {
        name: listing.string("name", 64),
        contextTokens: listing.uint("contextTokens", uint32Max),
        promptPerMillionMax: listing.nanotons("promptPerMillionMax"),
        completionPerMillionMax: listing.nanotons("completionPerMillionMax"),
      },
    };
  },
  removeModel: (json) => ({ kind: "removeModel", manifestHash: hash(json, "manifestHash") }),
  setMeasurement: (json) => {
    const measurement = json.object("measurement");
    return {
      kind: "setMeasurement",
      imageHash: hash(json, "imageHash"),
      measurement: {
        teeType: measurement.uint("teeType", uint32Max),
        role: measurement.uint("role", uint8Max),
        evaluationMin: measurement.uint("evaluationMin", uint32Max),
      },
    };
  },
  removeMeasurement: (json) => ({ kind: "removeMeasurement", imageHash: hash(json, "imageHash") }),
  setParams: (json) => {
    const params = json.object("params");
    return {
      kind: "setParams",
      params: {
        tcbEvaluationFloor: params.uint("tcbEvaluationFloor", uint32Max),
        bondMin: params.nanotons("bondMin"),
        workerBondMin: params.nanotons("workerBondMin"),
        channelCodeHash: hash(params, "channelCodeHash"),
        proxyBondCodeHash: hash(params, "proxyBondCodeHash"),
        workerBondCodeHash: hash(params, "workerBondCodeHash"),
      },
    };
  },
  setAuditors: (json) => ({ kind: "setAuditors", auditors: keySet(json.object("auditors")) }),
  setGovernance: (json) => {
    const governance = json.object("governance");
    const delaySeconds = governance.uint("delaySeconds", uint32Max);
    return { kind: "setGovernance", governance: { ...keySet(governance), delaySeconds } };
  },
  liftBan: (json) => ({ kind: "liftBan", platformId: json.string("platformId", 128) }),
  banPlatform: (json) => ({ kind: "banPlatform", platformId: json.string("platformId", 128) }),
  raiseFloor: (json) => ({
    kind: "raiseFloor",
    tcbEvaluationFloor: json.uint("tcbEvaluationFloor", uint32Max),
  }),
};

const revocationKinds: ReadonlySet<string> = new Set<Revocation["kind"]>([
  "removeModel",
  "removeMeasurement",
  "banPlatform",
  "raiseFloor",
]);

/** Reads a change. Throws option_invalid. */
export function readChange(json: JsonReader): RootChange {
  const decision = readDecision(json);
  if (decision.kind !== "banPlatform" && decision.kind !== "raiseFloor") return decision;
  throw new CocoonError(code, {
    field: "kind",
    reason: "that is a revocation, and waits for nobody",
  });
}

/** Reads a revocation. Throws option_invalid. */
export function readRevocation(json: JsonReader): Revocation {
  const decision = readDecision(json);
  if (isRevocation(decision)) return decision;
  throw new CocoonError(code, { field: "kind", reason: "that is a change, and has to wait" });
}

function isRevocation(decision: Decision): decision is Revocation {
  return revocationKinds.has(decision.kind);
}

function readDecision(json: JsonReader): Decision {
  // oxlint-disable-next-line no-unsafe-type-assertion -- the names of a record that has them all
  const kind = json.oneOf("kind", Object.keys(readers) as Kind[]);
  const decision = readers[kind](json);
  assertEncodable(decision);
  return decision;
}

/** What no contract would take is refused here: keys twice, a threshold that cannot be met, names too long. */
function assertEncodable(decision: Decision): void {
  try {
    changeCell(decision);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CocoonError(code, { field: decision.kind, reason });
  }
}

function keySet(json: JsonReader): KeySet {
  const keys = json.strings("keys", keysMax).map((text) => {
    const key = new JsonReader({ key: text }, code);
    return hash(key, "key");
  });
  return { keys, threshold: json.uint("threshold", keysMax) };
}

function hash(json: JsonReader, name: string): string {
  return toHex(json.hex(name, 32));
}
