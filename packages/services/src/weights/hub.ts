// What a model hub says of a file: its size, its SHA-256 and the commit it is of. Hugging Face's way, which its mirrors
// share: a request for the file is answered with these as headers, and with the place where the bytes are.

import { CocoonError } from "@cocoon/protocol";
import type { WeightsSource } from "./source.ts";

export type Hub = {
  /** Such as https://huggingface.co. */
  readonly url: string;
  /** For files that need a login. Goes to the hub alone, never to where it sends us on to. */
  readonly token?: string | undefined;
  readonly fetch: typeof fetch;
};

/** A file that can be downloaded and recognised. */
export type HubFile = {
  readonly url: string;
  readonly sizeBytes: number;
  /** Lower-case hex; the hub's LFS object id. */
  readonly sha256: string;
  /** The repository's commit: with it the source names these bytes for ever. */
  readonly commit: string;
};

const refusals: Readonly<Record<number, string>> = {
  401: "the hub wants a login: set COCOON_HUB_TOKEN",
  403: "the hub wants its terms accepted, or refuses the token",
  404: "the hub has no such repository, revision or file",
};

/** Asks the hub for a file. Throws weights_unavailable, with why. */
export async function findOnHub(hub: Hub, source: WeightsSource): Promise<HubFile> {
  const { owner, name, path, revision } = source;
  const url = `${hub.url.replace(/\/+$/, "")}/${owner}/${name}/resolve/${revision}/${path}`;
  const headers: Record<string, string> =
    hub.token === undefined ? {} : { authorization: `Bearer ${hub.token}` };
  const response = await ask(hub, url, headers);
  // An LFS file is answered with where to go; the headers that matter are on this first answer.
  if (response.status >= 400) {
    const reason = refusals[response.status] ?? "the hub refuses";
    throw new CocoonError("weights_unavailable", { reason, status: response.status });
  }
  const sha256 = unquoted(response.headers.get("x-linked-etag"));
  const sizeBytes = Number(response.headers.get("x-linked-size"));
  const commit = response.headers.get("x-repo-commit") ?? "";
  const isWhole = /^[0-9a-f]{64}$/.test(sha256) && Number.isSafeInteger(sizeBytes) && sizeBytes > 0;
  if (!isWhole || !/^[0-9a-f]{40}$/.test(commit)) {
    throw new CocoonError("weights_unavailable", { reason: "the hub does not name its hash" });
  }
  return { url, sizeBytes, sha256, commit };
}

async function ask(
  hub: Hub,
  url: string,
  headers: Readonly<Record<string, string>>,
): Promise<Response> {
  try {
    return await hub.fetch(url, { method: "HEAD", redirect: "manual", headers });
  } catch (cause) {
    const reason = "the hub cannot be reached";
    throw new CocoonError("weights_unavailable", { reason, url: hub.url }, { cause });
  }
}

function unquoted(etag: string | null): string {
  return (etag ?? "").replace(/^(?:W\/)?"/, "").replace(/"$/, "");
}
