import type { JsonReader } from "../codec/index.ts";

const capabilitiesMax = 64;
const capabilityName = /^[a-z][a-z0-9_]{0,31}$/;

/** The field `capabilities` of an ask; absent is none, and a text that is no name of one is passed over. */
export function readCapabilities(json: JsonReader): string[] {
  if (!json.has("capabilities")) return [];
  const names = json.strings("capabilities", capabilitiesMax);
  return names.filter((name) => capabilityName.test(name));
}
