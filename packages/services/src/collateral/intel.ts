// Intel's collateral from its Provisioning Certification Service or a cache of it (PCCS): API version 4.

import {
  CocoonError,
  JsonReader,
  normalizeTdxCollateral,
  parseJson,
  type QuotedTdxPlatform,
  type VendorCollateral,
} from "@cocoon/protocol";
import { type Downloaded, download } from "./download.ts";
import { readChainHeader, readList, readText, refuseCollateral } from "./spelling.ts";

/** Where Intel's collateral is had. */
export type IntelSource = {
  /** What stands before /tdx/certification/v4: scheme, host and port. */
  readonly url: string;
  /** Of the root's revocation list. Default: where a cache has it. */
  readonly rootListUrl?: string;
};

/** Intel's own service. The root's list is not among its paths. */
export const intelSources: readonly IntelSource[] = [
  {
    url: "https://api.trustedservices.intel.com",
    rootListUrl: "https://certificates.trustedservices.intel.com/IntelSGXRootCA.der",
  },
];

export type IntelQuestion = {
  readonly platform: QuotedTdxPlatform;
  /** The lowest tcbEvaluationDataNumber that will do. */
  readonly evaluationMin: number;
  readonly timeoutMs: number;
};

const sizeBytesMax = 65_536;
const editionsMax = 64;

/**
 * Collateral for a platform, as a bundle carries it; nothing of it is verified. The edition is Intel's standard one,
 * and where that is below the minimum the lowest that is not. Throws collateral_unavailable, collateral_invalid, or
 * collateral_rollback where the source has no edition so new.
 */
export async function fetchTdxCollateral(
  source: IntelSource,
  question: IntelQuestion,
): Promise<string> {
  const { authority, fmspc } = question.platform;
  const get = (path: string) => download(`${source.url}${path}`, { ...question, sizeBytesMax });
  const rootList = source.rootListUrl ?? `${source.url}/sgx/certification/v4/rootcacrl`;
  const lists = Promise.all([
    get(`/sgx/certification/v4/pckcrl?ca=${authority}&encoding=der`),
    download(rootList, { ...question, sizeBytesMax }),
  ]);
  const signed = async (edition: string) =>
    Promise.all([
      get(`/tdx/certification/v4/tcb?fmspc=${fmspc}&${edition}`).then(readTcbInfo),
      get(`/tdx/certification/v4/qe/identity?${edition}`).then(readQeIdentity),
    ]);
  const [standard, [platformList, root]] = await Promise.all([signed("update=standard"), lists]);
  const isNewEnough = standard.every(({ edition }) => edition >= question.evaluationMin);
  const [tcb, qe] = isNewEnough
    ? standard
    : await signed(`tcbEvaluationDataNumber=${await newerEdition(get, question)}`);
  const collateral: VendorCollateral = {
    tcb_info_issuer_chain: tcb.chain,
    tcb_info: tcb.text,
    tcb_info_signature: tcb.signature,
    qe_identity_issuer_chain: qe.chain,
    qe_identity: qe.text,
    qe_identity_signature: qe.signature,
    pck_crl_issuer_chain: readChainHeader(platformList.headers, ["SGX-PCK-CRL-Issuer-Chain"]),
    pck_crl: readList(platformList.bytes),
    root_ca_crl: readList(root.bytes),
  };
  return normalizeTdxCollateral(JSON.stringify(collateral));
}

type Get = (path: string) => Promise<Downloaded>;

/** The lowest edition of the vendor's evaluations that is new enough. */
async function newerEdition(get: Get, { evaluationMin }: IntelQuestion): Promise<number> {
  const { bytes } = await get("/tdx/certification/v4/tcbevaluationdatanumbers");
  const numbers = readJson(readText(bytes))
    .object("tcbEvaluationDataNumbers")
    .objects("tcbEvalNumbers", editionsMax)
    .map((row) => row.uint("tcbEvaluationDataNumber"))
    .filter((number) => number >= evaluationMin);
  if (numbers.length === 0) throw new CocoonError("collateral_rollback", { floor: evaluationMin });
  return Math.min(...numbers);
}

/** A text of Intel's with its signature and the chain of its signer. */
type Signed = {
  readonly text: string;
  readonly signature: string;
  readonly chain: string;
  readonly edition: number;
};

/** The signature is over the exact bytes between the member's name and the signature, so they are cut, not parsed. */
function readSigned({ bytes, headers }: Downloaded, member: string, chainNames: string[]): Signed {
  const shape = new RegExp(`^\\{"${member}":(\\{.*\\}),"signature":"([0-9a-fA-F]{128})"\\}$`, "s");
  const [, text, signature] = shape.exec(readText(bytes).trim()) ?? [];
  if (text === undefined || signature === undefined) refuseCollateral(member);
  return {
    text,
    signature: signature.toLowerCase(),
    chain: readChainHeader(headers, chainNames),
    edition: readJson(text).uint("tcbEvaluationDataNumber"),
  };
}

function readTcbInfo(answer: Downloaded): Signed {
  return readSigned(answer, "tcbInfo", ["TCB-Info-Issuer-Chain", "SGX-TCB-Info-Issuer-Chain"]);
}

function readQeIdentity(answer: Downloaded): Signed {
  return readSigned(answer, "enclaveIdentity", ["SGX-Enclave-Identity-Issuer-Chain"]);
}

function readJson(text: string): JsonReader {
  return new JsonReader(parseJson(text, "collateral_invalid"), "collateral_invalid");
}
