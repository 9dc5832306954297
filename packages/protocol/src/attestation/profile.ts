import { CocoonError } from "../errors/index.ts";
import type { Tier } from "../tier/index.ts";
import { networkIds } from "../units/index.ts";
import type { SevProduct } from "./sev-product.ts";

/** What all profiles say. */
type Named = {
  /** Names the profile to people: "intel-tdx". */
  readonly id: string;
  /** As in the bundle, and in the quote's header where it has one. */
  readonly teeType: number;
  /** SHA-384 of the vendor's root key, hex; see keyIdOf. Empty where nobody certifies. */
  readonly rootKeyId: string;
  /** Its vendor's secrets are known to be out: no evidence under it is accepted. */
  readonly isBroken?: true;
};

/** What a vendor's evidence is worth. */
type Certified =
  | { readonly simulated: true; readonly tier: Extract<Tier, "dev"> }
  | { readonly simulated: false; readonly tier: Extract<Tier, "confidential"> };

/** What a worker signs by itself is its own word, and no configuration makes more of it. */
type Uncertified = { readonly simulated: false; readonly tier: Extract<Tier, "open"> };

/** What each kind of evidence needs besides: a row here, and for a guest's TEE one in the table of verifiers. */
type Particulars = {
  readonly tdx: Certified;
  readonly "sev-snp": Certified & { readonly product: SevProduct };
  readonly "nvidia-gpu": Certified;
  readonly open: Uncertified;
};

export type ProfileKind = keyof Particulars;

/**
 * Whom to believe: a kind of evidence, the root of its vendor's certificates, and the tier that it gives. Profiles are
 * data; the tier of a worker comes from here and never from a message. A simulated vendor gives `dev`.
 */
export type TrustProfile<Kind extends ProfileKind = ProfileKind> = {
  readonly [Each in Kind]: Named & Particulars[Each] & { readonly kind: Each };
}[Kind];

/** Kinds that speak for a whole machine; a GPU adds to one of them. */
export type MachineKind = Exclude<ProfileKind, "nvidia-gpu">;

/** Kinds of TEE that protect a guest from the machine that it runs on. */
export type GuestKind = Exclude<MachineKind, "open">;

/** Intel TDX; the root is the Intel SGX Root CA, the key that the official network pins. */
export const intelTdx: TrustProfile<"tdx"> = {
  id: "intel-tdx",
  kind: "tdx",
  teeType: 0x81,
  rootKeyId:
    "46e403bd34f05a3f2817ab9badcaacc7ffc98e0f261008cd30dae936cace18d5" +
    "dcf58eef31463613de1570d516200993",
  tier: "confidential",
  simulated: false,
};

/**
 * AMD SEV-SNP on EPYC Milan; the root is ARK-Milan. Its certified keys can be computed from a seed that software
 * extracts (arXiv 2605.12990): whoever did that signs any report.
 */
export const amdSevMilan: TrustProfile<"sev-snp"> = {
  id: "amd-sev-snp-milan",
  kind: "sev-snp",
  product: "Milan",
  teeType: 0x534e5001,
  rootKeyId:
    "3c8bb5367040589d496a2c5e91d5377ee50ad2aef4552ea394afb8de65a6daa5" +
    "ea736cd3225356639a6d305b2f2e2eb3",
  isBroken: true,
  tier: "confidential",
  simulated: false,
};

/** AMD SEV-SNP on EPYC Genoa, Bergamo and Siena; the root is ARK-Genoa. */
export const amdSevGenoa: TrustProfile<"sev-snp"> = {
  id: "amd-sev-snp-genoa",
  kind: "sev-snp",
  product: "Genoa",
  teeType: 0x534e5002,
  rootKeyId:
    "b9b8b4414140e1efbe8feb3c40d558607a48b4224ddae85151a4b7e14ad8432c" +
    "264e5f7e895b9c25237163dff22348d8",
  tier: "confidential",
  simulated: false,
};

/** AMD SEV-SNP on EPYC Turin; the root is ARK-Turin. */
export const amdSevTurin: TrustProfile<"sev-snp"> = {
  id: "amd-sev-snp-turin",
  kind: "sev-snp",
  product: "Turin",
  teeType: 0x534e5003,
  rootKeyId:
    "02fb29af729a9cd8692403d81dd988e579275476dcf2e04d9632813b43a67639" +
    "d852415cb1018310fe9c717ac9bbcb17",
  tier: "confidential",
  simulated: false,
};

/** NVIDIA GPUs in confidential-computing mode, Hopper and later; the root is NVIDIA Device Identity CA. */
export const nvidiaGpu: TrustProfile<"nvidia-gpu"> = {
  id: "nvidia-gpu",
  kind: "nvidia-gpu",
  teeType: 0x4e564701,
  rootKeyId:
    "caf2995c609f0c5f443308d6c9b5ca90138c3adee0f0c7076cec3fed65c1b6c2" +
    "c7b7dc8425843e799af7b07dcbaeba52",
  tier: "confidential",
  simulated: false,
};

/** Every vendor that makes hardware. */
export const hardwareProfiles: readonly TrustProfile[] = [
  intelTdx,
  amdSevGenoa,
  amdSevTurin,
  amdSevMilan,
  nvidiaGpu,
];

/** An ordinary machine. It proves nothing but who speaks: its operator can read prompts, and a bond answers for it. */
export const openMachine: TrustProfile<"open"> = {
  id: "open",
  kind: "open",
  teeType: 0x4f50454e,
  rootKeyId: "",
  tier: "open",
  simulated: false,
};

/** What counts on every network, mainnet too. */
export const publicProfiles: readonly TrustProfile[] = [...hardwareProfiles, openMachine];

/** Which profile is looked for. */
export type ProfileQuery<Kind extends ProfileKind> = {
  readonly teeType: number;
  readonly kinds: readonly Kind[];
  readonly networkId: number;
};

/**
 * The profile for a TEE type, of one of these kinds; the first one given counts. On mainnet a simulated profile does
 * not exist, whatever a configuration says. Throws profile_unknown, or platform_banned where its vendor is broken.
 */
export function findProfile<Kind extends ProfileKind>(
  profiles: readonly TrustProfile[],
  { teeType, kinds, networkId }: ProfileQuery<Kind>,
): TrustProfile<Kind> {
  const found = profiles.find(
    (profile) =>
      profile.teeType === teeType &&
      kinds.some((kind) => kind === profile.kind) &&
      !(profile.simulated && networkId === networkIds.mainnet),
  );
  if (found === undefined) {
    throw new CocoonError("profile_unknown", { teeType: `0x${teeType.toString(16)}` });
  }
  if (found.isBroken === true) throw new CocoonError("platform_banned", { profile: found.id });
  return found as TrustProfile<Kind>; // oxlint-disable-line no-unsafe-type-assertion -- its kind is among them
}
