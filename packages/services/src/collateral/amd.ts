// AMD's collateral from its Key Distribution Service: "Versioned Chip Endorsement Key (VCEK) Certificate and KDS
// Interface Specification", document 57230, section 4.

import {
  CocoonError,
  encodePemCertificates,
  encodeSevCollateral,
  type QuotedSevPlatform,
} from "@cocoon/protocol";
import { download } from "./download.ts";
import { readList, readText, refuseCollateral, respellPem } from "./spelling.ts";

/** Where AMD's collateral is had. */
export type AmdSource = {
  /** What stands before /vcek/v1: scheme, host and port. */
  readonly url: string;
};

export const amdSources: readonly AmdSource[] = [{ url: "https://kdsintf.amd.com" }];

export type AmdQuestion = {
  readonly platform: QuotedSevPlatform;
  /** The certificate of a VLEK, DER: the service gives it to cloud providers alone, and they to their guests. */
  readonly vlek?: Uint8Array | undefined;
  readonly timeoutMs: number;
};

const sizeBytesMax = 65_536;

/**
 * Collateral for a platform, as a bundle carries it; nothing of it is verified. Throws collateral_unavailable or
 * collateral_invalid.
 */
export async function fetchSevCollateral(
  source: AmdSource,
  question: AmdQuestion,
): Promise<string> {
  const { profile, signer } = question.platform;
  const kind = signer === "SEV-VLEK" ? "vlek" : "vcek";
  const get = async (path: string) => {
    const url = `${source.url}/${kind}/v1/${profile.product}/${path}`;
    return (await download(url, { ...question, sizeBytesMax })).bytes;
  };
  const leaf = async () => (kind === "vlek" ? requireVlek(question) : get(vcekPath(question)));
  const [key, authorities, list] = await Promise.all([leaf(), get("cert_chain"), get("crl")]);
  const chain = encodePemCertificates(key) + respellPem(readText(authorities), refuseCollateral);
  return encodeSevCollateral({ chain, crl: readList(list) });
}

function requireVlek({ vlek }: AmdQuestion): Uint8Array {
  if (vlek === undefined) {
    throw new CocoonError("collateral_unavailable", { reason: "the host gives no VLEK" });
  }
  return vlek;
}

/** A chip's key is another for each set of versions. */
function vcekPath({ platform }: AmdQuestion): string {
  const { bootloader, fmc, microcode, snp, tee } = platform.tcb;
  const versions = new URLSearchParams({
    blSPL: twoDigits(bootloader),
    teeSPL: twoDigits(tee),
    snpSPL: twoDigits(snp),
    ucodeSPL: twoDigits(microcode),
    ...(platform.profile.product === "Turin" && { fmcSPL: twoDigits(fmc) }),
  });
  return `${platform.chipId}?${versions.toString()}`;
}

function twoDigits(version: number): string {
  return String(version).padStart(2, "0");
}
