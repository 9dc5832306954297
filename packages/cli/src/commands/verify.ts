// `cocoon verify`: needs nothing but the file.

import { CocoonError, fromHex, type NoteKey, parseAddress } from "@cocoon/protocol";
import {
  type ChainClient,
  createChainClient,
  parseProofFile,
  verifyProofFile,
  type WitnessQuorum,
} from "@cocoon/sdk";
import { chainEndpoints, environment } from "@cocoon/services";
import { readFileSync } from "node:fs";
import { showOpened, showVerdict, verdictJson } from "../audit/show.ts";
import type { Arguments, Run } from "../command.ts";
import { homeOf } from "../home.ts";
import { type LocalNetwork, readLocalNetwork } from "../network/network-file.ts";
import { allProfiles } from "../network/trust.ts";
import { UsageError } from "../usage-error.ts";

const requestTimeoutMs = 30_000;

export const verify: Run = async (given, terminal) => {
  const quorum = quorumOf(given);
  const named = namedServers(given);
  const file = parseProofFile(readText(given.positionals[0] ?? ""));
  const chain = openChain(named, homeOf(given), file.network);
  const verdict = await verifyProofFile(file, {
    profiles: await allProfiles(),
    nowMs: Date.now(),
    ...expectedNetwork(given, file.network.networkId),
    ...quorum,
    ...(chain !== undefined && { chain }),
  });
  if (given.flag("json")) terminal.write(verdictJson(verdict));
  else {
    showVerdict(verdict, terminal);
    showOpened(file, verdict, terminal);
  }
  return verdict.holds ? 0 : 1;
};

/** A proof names its own network; who knows which one it must be says so. */
function expectedNetwork(
  given: Arguments,
  networkId: number,
): { readonly network?: { readonly networkId: number; readonly root: string } } {
  const root = given.text("root");
  if (root === undefined) return {};
  if (parseAddress(root) === undefined) throw new UsageError("--root needs 0: and 64 hex digits");
  return { network: { networkId, root } };
}

/** The witnesses that are named, and how many of them must have cosigned. Throws UsageError. */
function quorumOf(given: Arguments): { readonly witnesses?: WitnessQuorum } {
  const keys = given.texts("witness").map(readWitness);
  const threshold = given.uint("witnesses", { min: 1, max: Math.max(1, keys.length) });
  if (keys.length > 0) return { witnesses: { keys, threshold: threshold ?? keys.length } };
  if (threshold === undefined) return {};
  throw new UsageError("--witnesses needs --witness NAME=HEX");
}

function readWitness(text: string): NoteKey {
  const [, name = "", hex = ""] = /^([^\s+]{1,128})=([0-9a-f]{64})$/u.exec(text) ?? [];
  const publicKey = fromHex(hex);
  if (name !== "" && publicKey !== undefined) return { name, publicKey };
  throw new UsageError("--witness is NAME=HEX, with 64 hex digits of its public key");
}

type Servers = Required<Pick<LocalNetwork, "endpoints" | "proofEndpoints">>;

/** The servers that are named. Throws UsageError for what is no server. */
function namedServers(given: Arguments): Servers {
  const urlsOf = (name: string): readonly string[] => {
    const urls = given.texts(name);
    if (urls.every((url) => /^https?:$/.test(URL.parse(url)?.protocol ?? ""))) return urls;
    throw new UsageError(`--${name} is an http URL`);
  };
  return { endpoints: urlsOf("endpoint"), proofEndpoints: urlsOf("proof-endpoint") };
}

type ProvenNetwork = { readonly networkId: number; readonly root: string };

/** Where no server of a kind is named, those of the home directory if it is of the proof's network. Throws UsageError. */
function openChain(named: Servers, home: string, network: ProvenNetwork): ChainClient | undefined {
  const local = localServers(home, network);
  const choose = (kind: keyof Servers): readonly string[] =>
    named[kind].length > 0 ? named[kind] : local[kind];
  const endpoints = choose("endpoints");
  if (endpoints.length === 0) {
    if (named.proofEndpoints.length === 0) return undefined;
    throw new UsageError("--proof-endpoint needs --endpoint URL beside it");
  }
  return createChainClient({
    endpoints: chainEndpoints({ endpoints }, environment().toncenterKey),
    proofEndpoints: choose("proofEndpoints"),
    networkId: network.networkId,
    requestTimeoutMs,
  });
}

/** All devnets share one id; the root contract tells them apart. */
function localServers(home: string, { networkId, root }: ProvenNetwork): Servers {
  const local = readLocalNetwork(home);
  if (local?.networkId !== networkId || local.root !== root) {
    return { endpoints: [], proofEndpoints: [] };
  }
  return { endpoints: local.endpoints, proofEndpoints: local.proofEndpoints ?? [] };
}

const standardInput = 0;

function readText(path: string): string {
  try {
    return readFileSync(path === "-" ? standardInput : path, "utf8");
  } catch (cause) {
    throw new CocoonError("option_invalid", { file: path, reason: "cannot be read" }, { cause });
  }
}
