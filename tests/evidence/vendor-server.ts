// A vendor's server on this machine: Intel's paths or AMD's, with whatever collateral the test puts there.

import { fromHex, type SevCollateral, type VendorCollateral } from "@cocoon/protocol";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";

export type Answer = (response: ServerResponse, request: IncomingMessage) => void;

export type VendorServer = {
  readonly url: string;
  /** Paths that were asked for, with their queries. */
  readonly asked: string[];
  /** What each path answers; the longest that a request begins with counts. */
  readonly answers: Map<string, Answer>;
  readonly close: () => Promise<void>;
};

export async function serveVendor(answers: ReadonlyMap<string, Answer>): Promise<VendorServer> {
  const asked: string[] = [];
  const changeable = new Map(answers);
  const server = createServer((request, response) => {
    const { url = "" } = request;
    asked.push(url);
    const paths = [...changeable.keys()].filter((path) => url.startsWith(path));
    const [path = ""] = paths.toSorted((one, other) => other.length - one.length);
    const answer =
      changeable.get(path) ?? ((refused: ServerResponse) => refused.writeHead(404).end());
    answer(response, request);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    asked,
    answers: changeable,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

/** Answers with these bytes. */
export function sends(
  body: string | Uint8Array,
  headers: Readonly<Record<string, string>> = {},
): Answer {
  return (response) => response.writeHead(200, headers).end(body);
}

export const intelPath = {
  tcb: "/tdx/certification/v4/tcb?",
  qe: "/tdx/certification/v4/qe/identity?",
  platformList: "/sgx/certification/v4/pckcrl?",
  rootList: "/sgx/certification/v4/rootcacrl",
  editions: "/tdx/certification/v4/tcbevaluationdatanumbers",
} as const;

/** What a cache of Intel's service answers, made of collateral as a bundle spells it. */
export function intelAnswers(text: string): Map<string, Answer> {
  // oxlint-disable-next-line no-unsafe-type-assertion -- the test's own collateral
  const collateral = JSON.parse(text) as VendorCollateral;
  const chain = (name: string, pem: string) => ({ [name]: encodeURIComponent(pem) });
  const signed = (member: string, content: string, signature: string) =>
    `{"${member}":${content},"signature":"${signature}"}`;
  return new Map([
    [
      intelPath.tcb,
      sends(
        signed("tcbInfo", collateral.tcb_info, collateral.tcb_info_signature),
        chain("TCB-Info-Issuer-Chain", collateral.tcb_info_issuer_chain),
      ),
    ],
    [
      intelPath.qe,
      sends(
        signed("enclaveIdentity", collateral.qe_identity, collateral.qe_identity_signature),
        chain("SGX-Enclave-Identity-Issuer-Chain", collateral.qe_identity_issuer_chain),
      ),
    ],
    [
      intelPath.platformList,
      sends(
        fromHex(collateral.pck_crl) ?? "",
        chain("SGX-PCK-CRL-Issuer-Chain", collateral.pck_crl_issuer_chain),
      ),
    ],
    [intelPath.rootList, sends(collateral.root_ca_crl)],
  ]);
}

/** What Intel's service says of its editions. */
export function editionsAnswer(...numbers: readonly number[]): Answer {
  const tcbEvalNumbers = numbers.map((tcbEvaluationDataNumber) => ({ tcbEvaluationDataNumber }));
  const tcbEvaluationDataNumbers = { id: "TDX", version: 1, tcbEvalNumbers };
  return sends(JSON.stringify({ tcbEvaluationDataNumbers, signature: "00".repeat(64) }));
}

/** What AMD's service answers for keys of one kind, made of collateral as a bundle spells it. */
export function amdAnswers(
  text: string,
  kind: "vcek" | "vlek",
  product: string,
): Map<string, Answer> {
  // oxlint-disable-next-line no-unsafe-type-assertion -- the test's own collateral
  const { chain, crl } = JSON.parse(text) as SevCollateral;
  const [leaf = "", ...authorities] = chain.split(/(?<=-----END CERTIFICATE-----\n)/);
  return new Map([
    [`/${kind}/v1/${product}/`, sends(derOf(leaf))],
    [`/${kind}/v1/${product}/cert_chain`, sends(authorities.join(""))],
    [`/${kind}/v1/${product}/crl`, sends(fromHex(crl) ?? "")],
  ]);
}

/** The DER of one PEM certificate. */
export function derOf(pem: string): Uint8Array {
  return Uint8Array.from(Buffer.from(pem.replaceAll(/-----[A-Z ]+-----|\s/g, ""), "base64"));
}
