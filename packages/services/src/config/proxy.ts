import { CocoonError, type JsonReader, type Nanotons, type RawAddress } from "@cocoon/protocol";
import { readCount, readIntervalMs } from "./bounds.ts";
import { type NetworkConfig, readNetwork } from "./network.ts";
import { readWitnessAddress, type WitnessAddress, witnessesMax } from "./witness.ts";

/** A leaf that no anchor covers within a day costs the bond: two chances at least. */
const anchorMaxMs = 12 * 3_600_000;
/** A receipt waits this long at most for its checkpoint to begin. One costs a commit and about twenty small files. */
export const checkpointMsDefault = 500;
/** Seven anchors at today's price: the budget must not keep the log from two a day. */
const anchorBudgetPerDayMin = 5_000_000n;

/** When a payee turns its vouchers into coins. */
export type SettlePolicy = {
  /** Settle once this much is vouchered and not yet claimed; a settlement costs about 1,000,000 nanotons. */
  readonly thresholdNanotons: Nanotons;
  /** How often to look. */
  readonly intervalMs: number;
};

export type ProxyConfig = {
  /** Directory of keys.json and proxy.db. */
  readonly home: string;
  readonly network: NetworkConfig;
  readonly host: string;
  readonly port: number;
  /**
   * Where the log's tiles, and nodes that come as WebSockets, are served over plain HTTP too: for a local network, or
   * behind a web server that ends TLS. Optional. Default: only `port` serves them, over TLS.
   */
  readonly logPort?: number;
  /** PEM files of a certificate that browsers accept. Read at start. Optional. Default: one that they don't. */
  readonly certificate?: { readonly certPath: string; readonly keyPath: string };
  readonly bond: RawAddress;
  /** Basis points on top of the worker's price; the bond contract shows it to everyone. */
  readonly feeBps: number;
  /** How much a client may owe before it must send a voucher. */
  readonly creditWindowNanotons: Nanotons;
  /** Deposited in the channel to each worker, and again when it runs low. */
  readonly workerDepositNanotons: Nanotons;
  /** Dispute window of the channels that it opens. */
  readonly closeTimeoutSeconds: number;
  /** A checkpoint is signed this often when the log grew. Optional in the file: 500. */
  readonly checkpointMs: number;
  /** A checkpoint is anchored on TON this often when the log grew; at most 12 hours. */
  readonly anchorMs: number;
  /** The most that anchors may cost a day; they then come less often. At least 5,000,000. Optional. Default: no limit. */
  readonly anchorBudgetPerDayNanotons?: Nanotons;
  /** Vouchers go out to workers this often. */
  readonly payMs: number;
  readonly settle: SettlePolicy;
  /** Who is asked to cosign checkpoints. Optional. Default: nobody. */
  readonly witnesses?: readonly WitnessAddress[];
};

export function readSettlePolicy(json: JsonReader): SettlePolicy {
  return {
    thresholdNanotons: json.nanotons("thresholdNanotons"),
    intervalMs: readIntervalMs(json, "intervalMs"),
  };
}

function readAnchorBudget(json: JsonReader): Nanotons {
  const field = "anchorBudgetPerDayNanotons";
  const perDay = json.nanotons(field);
  if (perDay < anchorBudgetPerDayMin) throw new CocoonError("option_invalid", { field });
  return perDay;
}

function readCertificate(json: JsonReader): NonNullable<ProxyConfig["certificate"]> {
  return { certPath: json.string("certPath"), keyPath: json.string("keyPath") };
}

export function readProxyConfig(json: JsonReader): ProxyConfig {
  return {
    home: json.string("home"),
    network: readNetwork(json.object("network")),
    host: json.string("host", 253),
    port: json.uint("port", 65_535),
    ...(json.has("logPort") && { logPort: json.uint("logPort", 65_535) }),
    ...(json.has("certificate") && { certificate: readCertificate(json.object("certificate")) }),
    bond: json.address("bond"),
    feeBps: json.uint("feeBps", 10_000),
    creditWindowNanotons: json.nanotons("creditWindowNanotons"),
    workerDepositNanotons: json.nanotons("workerDepositNanotons"),
    closeTimeoutSeconds: json.uint("closeTimeoutSeconds"),
    checkpointMs: json.has("checkpointMs")
      ? readIntervalMs(json, "checkpointMs")
      : checkpointMsDefault,
    anchorMs: readCount(json, "anchorMs", anchorMaxMs),
    ...(json.has("anchorBudgetPerDayNanotons") && {
      anchorBudgetPerDayNanotons: readAnchorBudget(json),
    }),
    payMs: readIntervalMs(json, "payMs"),
    settle: readSettlePolicy(json.object("settle")),
    ...(json.has("witnesses") && {
      witnesses: json.objects("witnesses", witnessesMax).map(readWitnessAddress),
    }),
  };
}
