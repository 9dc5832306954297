import type { JsonReader, RawAddress } from "@cocoon/protocol";
import { readIntervalMs } from "./bounds.ts";
import { type NetworkConfig, readNetwork, readUrl } from "./network.ts";

/** A log that an auditor follows. */
export type AuditedLog = {
  /** The ProxyBond contract that answers for it; it names the log's key. */
  readonly bond: RawAddress;
  /** Where `checkpoint` and `tile/` lie. */
  readonly url: string;
  /** Where others serve what they saw of the same log. Optional. Default: none. */
  readonly mirrors?: readonly string[];
};

export type AuditorConfig = {
  /** Directory of keys.json, auditor.db and findings/. */
  readonly home: string;
  readonly network: NetworkConfig;
  readonly logs: readonly AuditedLog[];
  /** Files, or URLs, of single checkpoints that others saw. Optional. Default: none. */
  readonly checkpoints?: readonly string[];
  /** Proof files, their URLs, or folders of them, whose promises are held. Optional. Default: none. */
  readonly proofs?: readonly string[];
  /** Files in which a worker's bond vouches for an identity key. Optional. Default: none. */
  readonly identities?: readonly string[];
  /** Time between two rounds. */
  readonly intervalMs: number;
  /** Whether faults are reported to the chain, for the bounty, from the auditor's own wallet. */
  readonly reports: boolean;
};

const logsMax = 1_024;
const mirrorsMax = 32;
const pathsMax = 65_536;

export function readAuditorConfig(json: JsonReader): AuditorConfig {
  const paths = (name: string): readonly string[] | undefined =>
    json.has(name) ? json.strings(name, pathsMax) : undefined;
  const [checkpoints, proofs, identities] = [
    paths("checkpoints"),
    paths("proofs"),
    paths("identities"),
  ];
  return {
    home: json.string("home"),
    network: readNetwork(json.object("network")),
    logs: json.objects("logs", logsMax).map(readAuditedLog),
    ...(checkpoints && { checkpoints }),
    ...(proofs && { proofs }),
    ...(identities && { identities }),
    intervalMs: readIntervalMs(json, "intervalMs"),
    reports: json.boolean("reports"),
  };
}

function readAuditedLog(json: JsonReader): AuditedLog {
  return {
    bond: json.address("bond"),
    url: readUrl(json.string("url")),
    ...(json.has("mirrors") && { mirrors: json.strings("mirrors", mirrorsMax).map(readUrl) }),
  };
}
