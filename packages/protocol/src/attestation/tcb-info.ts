// TCB info of a TDX platform: Intel PCS API v4, "Get TDX TCB Info", version 3.

import { toHex } from "../bytes/index.ts";
import type { JsonReader } from "../codec/index.ts";
import {
  type Edition,
  type Masked,
  parseVendorJson,
  readEdition,
  readLevels,
  readMasked,
  readStatus,
  readSvnLevel,
  refuseCollateral,
  type SvnLevel,
} from "./vendor-json.ts";

/** Who made a TDX module and with which attributes it runs. */
export type TdxModule = {
  /** MRSIGNERSEAM; zeros for Intel's own. 48 bytes. */
  readonly signer: Uint8Array;
  /** SEAMATTRIBUTES. 8 bytes. */
  readonly attributes: Masked;
};

/** A TDX module of one major version, with what is thought of each of its minor ones. */
export type TdxModuleIdentity = TdxModule & {
  /** "TDX_03" is major version 3. */
  readonly id: string;
  readonly levels: readonly SvnLevel[];
};

/** Lowest versions that a platform must have to be on this level. */
export type PlatformLevel = {
  /** 16 components each. */
  readonly sgxSvns: readonly number[];
  readonly tdxSvns: readonly number[];
  readonly pceSvn: number;
  readonly status: string;
};

export type TcbInfo = Edition & {
  /** Which platforms it speaks of: family 6 bytes and PCE 2 bytes, lower-case hex. */
  readonly fmspc: string;
  readonly pceId: string;
  /** Module of major version 0. */
  readonly module: TdxModule;
  readonly moduleIdentities: readonly TdxModuleIdentity[];
  /** From the newest down. */
  readonly levels: readonly PlatformLevel[];
};

const componentCount = 16;
const modulesMax = 32;

/** Parses TCB info; its signature is checked elsewhere. Throws collateral_invalid. */
export function parseTcbInfo(text: string): TcbInfo {
  const json = parseVendorJson(text);
  if (json.string("id") !== "TDX" || json.uint("version") !== 3) refuseCollateral("TCB info kind");
  return {
    ...readEdition(json),
    fmspc: toHex(json.hex("fmspc", 6)),
    pceId: toHex(json.hex("pceId", 2)),
    module: readModule(json.object("tdxModule")),
    moduleIdentities: json.has("tdxModuleIdentities")
      ? json.objects("tdxModuleIdentities", modulesMax).map(readModuleIdentity)
      : [],
    levels: readLevels(json, readPlatformLevel),
  };
}

function readModule(json: JsonReader): TdxModule {
  return { signer: json.hex("mrsigner", 48), attributes: readMasked(json, "attributes", 8) };
}

function readModuleIdentity(json: JsonReader): TdxModuleIdentity {
  const id = json.string("id", 16).toUpperCase();
  return { ...readModule(json), id, levels: readLevels(json, readSvnLevel) };
}

function readPlatformLevel(json: JsonReader): PlatformLevel {
  const tcb = json.object("tcb");
  return {
    sgxSvns: readSvns(tcb, "sgxtcbcomponents"),
    tdxSvns: readSvns(tcb, "tdxtcbcomponents"),
    pceSvn: tcb.uint("pcesvn", 65_535),
    status: readStatus(json),
  };
}

function readSvns(tcb: JsonReader, name: string): number[] {
  const svns = tcb.objects(name, componentCount).map((component) => component.uint("svn", 255));
  if (svns.length !== componentCount) refuseCollateral(name);
  return svns;
}
