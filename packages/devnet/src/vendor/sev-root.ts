// The root of the simulated AMD vendor. Its private key is public on purpose, as that of root.ts; RSA keys cannot be
// computed from a name in a line, so this one was drawn once. What ends in it proves nothing about any hardware.

import type { TrustProfile } from "@cocoon/protocol";
import type { CertifierKey } from "./certify.ts";
import { importRsaKey, type RsaJwk } from "./rsa-key.ts";

export const simulatedSevRootName = "COCOON SIMULATED SEV ROOT - NOT HARDWARE";

/** Product lines that there are simulated machines of. */
export type SimulatedSevProduct = "Genoa" | "Turin";

const rootKeyId =
  "01bbfbab594bd3a78699f3f69da4eae14c8a0485c3fff383df7c67d41adb0cbc" +
  "d8162648d86766b804f379509298cd82";

/** Accept simulated SEV-SNP reports, with tier `dev`. Refused on mainnet by the verifier itself. */
export const simulatedSevProfiles: {
  readonly [Product in SimulatedSevProduct]: TrustProfile<"sev-snp">;
} = {
  Genoa: {
    id: "simulated-sev-snp-genoa",
    kind: "sev-snp",
    product: "Genoa",
    teeType: 0xc0c05002,
    rootKeyId,
    tier: "dev",
    simulated: true,
  },
  Turin: {
    id: "simulated-sev-snp-turin",
    kind: "sev-snp",
    product: "Turin",
    teeType: 0xc0c05003,
    rootKeyId,
    tier: "dev",
    simulated: true,
  },
};

/** A worthless key. */
const publicPrivateKey: RsaJwk = {
  kty: "RSA",
  n:
    "lHqQ11YupPZwiTY4o8_2BMPX_lnXp6ljq4tOI7r8qJZu8UUvRMm1itchPj3QdEuqpOdOh6b7yWCxMQsf3QXmUd6S" +
    "_pdPxMapf7W4mZmOpS9aHa9lSVywvFUbvci1Ij-K2zBfr8s724ohJcMJPoEKpv470lzjo2Pgv3HdQcI2BGM13Nsy" +
    "nd0CzXI8bsCN01ka19x9RyXdq1OMgKfXfRauJCycbNdK4cjzwChwDnXcUkKggmW6DV4gh8qDjmhlbaxRipVSrn0E" +
    "WMUXggij6auoZ_Flt3m8heOkRnRlRhC45u_IkmRmWaT305oZ2jPPQ8hKpMzie3Eti7YLescChTpRZw",
  e: "AQAB",
  d:
    "Hvb2qOngvWdlrb_gjQ0sNe8v5uwOpPkW_6oEKEBxO6lvxqJSisp0MVnPJX9Xr0Eue8h_YJvq66LeISe8Q-hckZtU" +
    "1YJx0MxLggZAUswq6vkWlpVDDsslUol_SROH7vYIe9C5S9ybBZxncEwd6-qWcaAYkrTrhmIod1SEO5gIkt5aY-gm" +
    "hgWClnuRm35asJSMppkXCrvB9qrtGDI4vvbtiD76rJcbLz2hH6k5Y-m8GpaOcdhgRHPpoyG1Sgg7qHq6SUB6HVUU" +
    "XjBphTwnx1tuSn2FBJkP7lVzj4HpLFV2_YNiPpkGG-hFDlAaTFjsfKgeluYA4D8CFE2fRDoyMKpAEQ",
  p:
    "znmtepkYgURwt9Uxumgd2n8SfTgZ7Gq_yEJtVVwpbNHCD78sUddGwFC9yzQfwOA8lxnZcPVIvF4ipry6KPFMCoLY" +
    "uuejqdqN_g9yl4rkVfaC0Eu4Ckg6qy_wV_hFaBRb-HFhGk8BzZmGz4wQCqdI9ThowdIC2fz6VEh7Ww8djVE",
  q:
    "uBexku3LPzhBamUE9yhz12f00NBxiIWN-VK98RgoWaPsC3bbYty8DYTk3opawIfSrUsWkjiuRLj-h8cdvFr9sYq-" +
    "IZvz0OcSs7W0LRoGLdXvMmsXFp6yKY3W5NT4WOe8ZbYrMHPlYzaKqty7Ofm8dM5edNne0OpXNyg6ggMgZTc",
  dp:
    "Mc9EvGimcrjSAGccAf4QBZ_WFAMurcvqzCLKQWdkTu4jRK03wd6PIOHZh2XhqyPtOf5waEGj9F05OsQYnLvpPjfm" +
    "lOBAqT8iNgIAAPLutpYrZJh_o2tdS-Latj4ccElJDpw7cp9Qrgq1bOg7DnbgsNeU3f0N1wyiTybVK1hwJqE",
  dq:
    "AxzDb8x9ZzA4SugyUUtpyfaD-RPNF5XKdLClbXIPHJTc5MS5qM46j6_zfp-wMRkawrtGQmqa56aJBxqishCHwXyr" +
    "Aj50vM9rTYaA6VJLUHMRfDS7SzKbqIAxZeUD3dztHnsZ99O9yROe_IyGzdAfE4p5plgYoEeV-eTAOHp9Dbk",
  qi:
    "EpocpB5_ZvNR-ka1xUNYnMagM8udz05bPlRYObwxXUDnBgvs7Qow7hzEqDX3Gp59F5mrCLogV95t81yGmob41Kju" +
    "oQ92H9nCHR2UgV68j1vbovT1myMZRDTBr_9cgMJBt763d3Ic7JaI5C8MLV0pi8EGI6YRkJiAqhFwlBEmka8",
};

export function importSimulatedSevRoot(): Promise<CertifierKey> {
  return importRsaKey(publicPrivateKey);
}
