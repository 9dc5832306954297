// What it takes to open an answer, field by field, to whom its owner likes and when: kept by its owner alone.

import {
  CocoonError,
  contentFieldsMax,
  contentSaltBytes,
  type ErrorCode,
  fromHex,
  JsonReader,
  type OpenableContent,
  parseJson,
  toBase64,
  toHex,
} from "@cocoon/protocol";
import { readFileSync } from "node:fs";
import { writeForOwner } from "./owner-file.ts";

const format = "cocoon-content/1";
const invalid: ErrorCode = "option_invalid";
const valueBytesMax = 8_388_608;
const none = new Uint8Array();

/**
 * Writes a new file that its owner alone can read: whoever has it has the texts. It names the receipt that commits to
 * them. Throws option_invalid.
 */
export function saveContent(path: string, receipt: string, content: OpenableContent): void {
  const { salt, digests, fields } = content;
  const json = {
    format,
    receipt,
    salt: toHex(salt),
    digests: digests.map((digest) => toHex(digest)),
    fields: Object.entries(fields).map(([name, value]) => ({ name, value: toBase64(value) })),
  };
  writeForOwner(path, `${JSON.stringify(json, undefined, 2)}\n`);
}

/** Throws option_invalid for a file that is none. What it says is for the receipt to confirm. */
export function readContent(path: string): OpenableContent {
  const json = new JsonReader(parseJson(textOf(path), invalid), invalid);
  json.oneOf("format", [format]);
  const fields = json.objects("fields", contentFieldsMax).map((field) => {
    return [field.string("name", 32), field.base64("value", valueBytesMax)] as const;
  });
  return {
    salt: json.hex("salt", contentSaltBytes),
    digests: json.strings("digests", contentFieldsMax).map((hex) => fromHex(hex) ?? none),
    fields: Object.fromEntries(fields),
  };
}

function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    throw new CocoonError(invalid, { file: path, reason: "cannot be read" }, { cause });
  }
}
