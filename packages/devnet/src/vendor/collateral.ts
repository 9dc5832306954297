import { toHex, utf8, type VendorCollateral } from "@cocoon/protocol";
import type { Authorities } from "./authorities.ts";
import { signRevocationList } from "./certify.ts";
import { simulatedPlatform } from "./platform.ts";

/** Makes collateral that a verifier must refuse; a field left out is as it should be. Times in Unix milliseconds. */
export type CollateralOptions = {
  /** Of TCB info and QE identity. Default: an hour ago, and in 30 days. */
  readonly issuedAtMs?: number;
  readonly expiresAtMs?: number;
  /** Of both revocation lists. Default: the same. */
  readonly listsIssuedAtMs?: number;
  readonly listsExpireAtMs?: number;
  readonly evaluationNumber?: number;
  /** Of the platform's TCB level. Default "UpToDate". */
  readonly status?: string;
  /** Of the quoting enclave's. Default "UpToDate". */
  readonly qeStatus?: string;
  /** What the lists revoke. Default: nothing. */
  readonly revoked?: "platform" | "authority";
  /** Default: the simulated platform's family. */
  readonly fmspc?: string;
};

/** The edition of its evaluations that the simulated vendor is at. */
export const simulatedEvaluationNumber = 20;

const hourMs = 3_600_000;
const validityMs = 30 * 24 * hourMs;

/** Signs collateral in the form that a bundle carries: JSON text of VendorCollateral. */
export async function createCollateral(
  authorities: Authorities,
  nowMs: number,
  options: CollateralOptions,
): Promise<string> {
  const { issuedAtMs = nowMs - hourMs, expiresAtMs = nowMs + validityMs } = options;
  const { listsIssuedAtMs = issuedAtMs, listsExpireAtMs = expiresAtMs } = options;
  const times = { issuedAtMs: listsIssuedAtMs, expiresAtMs: listsExpireAtMs };
  const { root, platformAuthority, platformSerial, platformAuthoritySerial } = authorities;
  const rootRevoked = options.revoked === "authority" ? [platformAuthoritySerial] : [];
  const platformRevoked = options.revoked === "platform" ? [platformSerial] : [];
  const edition = {
    issueDate: isoSeconds(issuedAtMs),
    nextUpdate: isoSeconds(expiresAtMs),
    tcbEvaluationDataNumber: options.evaluationNumber ?? simulatedEvaluationNumber,
  };
  const tcbInfo = JSON.stringify({ ...edition, ...tcbInfoFields(edition.issueDate, options) });
  const qeIdentity = JSON.stringify({ ...edition, ...qeFields(edition.issueDate, options) });
  const sign = async (text: string) => toHex(await authorities.tcbSigner.sign(utf8(text)));
  const collateral: VendorCollateral = {
    tcb_info_issuer_chain: authorities.tcbChain,
    tcb_info: tcbInfo,
    tcb_info_signature: await sign(tcbInfo),
    qe_identity_issuer_chain: authorities.tcbChain,
    qe_identity: qeIdentity,
    qe_identity_signature: await sign(qeIdentity),
    pck_crl_issuer_chain: authorities.authorityChain,
    pck_crl: toHex(await signRevocationList(platformAuthority, times, platformRevoked)),
    root_ca_crl: toHex(await signRevocationList(root, times, rootRevoked)),
  };
  return JSON.stringify(collateral);
}

/** Intel's form: whole seconds. */
function isoSeconds(timeMs: number): string {
  return `${new Date(timeMs).toISOString().slice(0, 19)}Z`;
}

/** As the signer of Intel's own TDX module: zeros, and no attributes. */
const moduleFields = {
  mrsigner: "00".repeat(48),
  attributes: "00".repeat(8),
  attributesMask: "FF".repeat(8),
};

function tcbInfoFields(tcbDate: string, options: CollateralOptions): object {
  const { cpuSvn, pceSvn, pceId, teeTcbSvn } = simulatedPlatform;
  const [moduleMinor = 0, , microcode = 0] = teeTcbSvn;
  const svns = (values: readonly number[]) =>
    Array.from({ length: 16 }, (_, index) => ({ svn: values[index] ?? 0 }));
  const level = (isvsvn: number, tcbStatus: string) => ({ tcb: { isvsvn }, tcbDate, tcbStatus });
  const tcb = {
    sgxtcbcomponents: svns([...cpuSvn]),
    pcesvn: pceSvn,
    tdxtcbcomponents: svns([moduleMinor, 0, microcode]),
  };
  const older = { ...tcb, tdxtcbcomponents: svns([moduleMinor, 0, microcode - 1]) };
  return {
    id: "TDX",
    version: 3,
    fmspc: (options.fmspc ?? simulatedPlatform.fmspc).toUpperCase(),
    pceId,
    tcbType: 0,
    tdxModule: moduleFields,
    tdxModuleIdentities: [
      {
        id: "TDX_01",
        ...moduleFields,
        tcbLevels: [level(moduleMinor, "UpToDate"), level(moduleMinor - 1, "OutOfDate")],
      },
    ],
    tcbLevels: [
      { tcb, tcbDate, tcbStatus: options.status ?? "UpToDate" },
      { tcb: older, tcbDate, tcbStatus: "OutOfDate" },
    ],
  };
}

function qeFields(tcbDate: string, options: CollateralOptions): object {
  const { qeMrSigner, qeIsvProdId, qeIsvSvn } = simulatedPlatform;
  return {
    id: "TD_QE",
    version: 2,
    miscselect: "00000000",
    miscselectMask: "FFFFFFFF",
    attributes: `11${"00".repeat(15)}`,
    attributesMask: `FB${"FF".repeat(7)}${"00".repeat(8)}`,
    mrsigner: toHex(qeMrSigner).toUpperCase(),
    isvprodid: qeIsvProdId,
    tcbLevels: [{ tcb: { isvsvn: qeIsvSvn }, tcbDate, tcbStatus: options.qeStatus ?? "UpToDate" }],
  };
}
