import { CocoonError } from "@cocoon/protocol";

/** One file of a repository of a model hub. */
export type WeightsSource = {
  readonly owner: string;
  readonly name: string;
  /** The file's path inside the repository. */
  readonly path: string;
  /** A branch, a tag or a commit. */
  readonly revision: string;
};

const namePart = /^[A-Za-z0-9][A-Za-z0-9._-]{0,95}$/;
const pathPart = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/;
const revisionDefault = "main";

/**
 * Reads `hf:OWNER/NAME:FILE` or `hf:OWNER/NAME:FILE@REVISION`. Throws option_invalid for anything else: no part can
 * lead out of the folder where files are kept.
 */
export function parseWeightsSource(text: string): WeightsSource {
  const match = /^hf:([^/:@]+)\/([^/:@]+):([^:@]+)(?:@([^:@]+))?$/.exec(text);
  const [, owner = "", name = "", path = "", revision = revisionDefault] = match ?? [];
  const parts = path.split("/");
  const isSound =
    [owner, name].every((part) => namePart.test(part)) &&
    [...parts, ...revision.split("/")].every((part) => pathPart.test(part));
  if (match === null || !isSound) {
    throw new CocoonError("option_invalid", {
      reason: "a model's file is named hf:OWNER/NAME:FILE, with @REVISION if wanted",
    });
  }
  return { owner, name, path, revision };
}

/** The same as it is written. */
export function formatWeightsSource({ owner, name, path, revision }: WeightsSource): string {
  return `hf:${owner}/${name}:${path}@${revision}`;
}
