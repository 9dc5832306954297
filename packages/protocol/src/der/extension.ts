import { DerReader, derTag, refuseDer } from "./reader.ts";

export type Extension = {
  readonly isCritical: boolean;
  /** What its octet string holds. */
  readonly content: Uint8Array;
};

/** Extensions by object identifier; none may come twice (RFC 5280 section 4.2). */
export type Extensions = ReadonlyMap<string, Extension>;

/** Reads the one sequence of extensions that an explicit tag holds; none when the tag is absent. */
export function readExtensions(content: Uint8Array | undefined): Extensions {
  const extensions = new Map<string, Extension>();
  if (content === undefined) return extensions;
  const outer = new DerReader(content);
  for (const [oid, extension] of outer.sequence().rest(readExtension)) {
    if (extensions.has(oid)) refuseDer("extension twice");
    extensions.set(oid, extension);
  }
  outer.end();
  return extensions;
}

function readExtension(list: DerReader): [string, Extension] {
  const fields = list.sequence();
  const oid = fields.oid();
  const isCritical = fields.nextTag === derTag.boolean && fields.boolean();
  const content = fields.octetString();
  fields.end();
  return [oid, { isCritical, content }];
}
