// What the root contract allowed, written down: lists in the order of their hashes, so that one policy has one text.

import {
  type AllowedImage,
  type AllowedModel,
  CocoonError,
  type ErrorCode,
  JsonReader,
  parseJson,
  type Policy,
  toHex,
} from "@cocoon/protocol";

/** One revision of the root contract's lists, as somebody read them. */
export type PolicySnapshot = Pick<
  Policy,
  "readAtMs" | "measurements" | "models" | "tcbEvaluationFloor" | "bannedPlatforms"
> & {
  /** One more with each change of the contract. */
  readonly revision: number;
};

const entriesMax = 4_096;
const uint32Max = 0xffff_ffff;
const modelNameLengthMax = 64;
const roles = ["worker", "proxy"] as const;

/** JSON text of a policy, as proof files hold it and as a client may store it. */
export function encodePolicySnapshot(policy: PolicySnapshot): string {
  return JSON.stringify(policyJson(policy));
}

/** Throws proof_malformed. */
export function parsePolicySnapshot(text: string): PolicySnapshot {
  const code: ErrorCode = "proof_malformed";
  return readPolicySnapshot(new JsonReader(parseJson(text, code), code));
}

export function policyJson(policy: PolicySnapshot): object {
  const { readAtMs, revision, tcbEvaluationFloor } = policy;
  const banned = [...(policy.bannedPlatforms ?? [])].toSorted();
  return {
    readAtMs,
    revision,
    tcbEvaluationFloor,
    models: inOrder(policy.models).map(([manifestHash, { name, contextTokens }]) => {
      return { manifestHash, name, contextTokens };
    }),
    measurements: inOrder(policy.measurements).map(([imageHash, image]) => {
      const { teeType, role, evaluationMin = 0 } = image;
      return { imageHash, teeType, role, ...(evaluationMin > 0 && { evaluationMin }) };
    }),
    ...(banned.length > 0 && { bannedPlatforms: banned }),
  };
}

export function readPolicySnapshot(json: JsonReader): PolicySnapshot {
  const models = json
    .objects("models", entriesMax)
    .map((entry): readonly [string, AllowedModel] => {
      const name = entry.string("name", modelNameLengthMax);
      const contextTokens = entry.uint("contextTokens", uint32Max);
      return [toHex(entry.hex("manifestHash", 32)), { name, contextTokens }];
    });
  const measurements = json
    .objects("measurements", entriesMax)
    .map((entry): readonly [string, AllowedImage] => {
      const teeType = entry.uint("teeType", uint32Max);
      const role = entry.oneOf("role", roles);
      const hash = toHex(entry.hex("imageHash", 32));
      if (!entry.has("evaluationMin")) return [hash, { teeType, role }];
      return [hash, { teeType, role, evaluationMin: entry.uint("evaluationMin", uint32Max) }];
    });
  return {
    readAtMs: json.uint("readAtMs"),
    revision: json.uint("revision", uint32Max),
    tcbEvaluationFloor: json.uint("tcbEvaluationFloor", uint32Max),
    models: new Map(models),
    measurements: new Map(measurements),
    ...(json.has("bannedPlatforms") && {
      bannedPlatforms: readBans(json),
    }),
  };
}

function readBans(json: JsonReader): ReadonlySet<string> {
  const field = "bannedPlatforms";
  const ids = json.strings(field, entriesMax);
  const isHex = ids.every((id) => /^(?:[0-9a-f]{2}){1,64}$/.test(id));
  if (!isHex) throw new CocoonError("proof_malformed", { field });
  return new Set(ids);
}

function inOrder<Entry>(entries: ReadonlyMap<string, Entry>): (readonly [string, Entry])[] {
  return [...entries].toSorted(([left], [right]) => (left < right ? -1 : 1));
}
