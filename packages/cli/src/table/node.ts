// Commands for who runs a role.

import type { Command } from "../command.ts";
import {
  amount,
  config,
  home,
  json,
  keystore,
  none,
  roleDetails,
  salt,
  workerNetwork as network,
} from "./options.ts";

export const nodeCommands: readonly Command[] = [
  {
    name: "proxy",
    summary: "run a proxy, or look after its bond",
    positionals: "[show | bond | deposit | update | unbond | withdraw | settle | reclaim]",
    positionalsMin: 0,
    positionalsMax: 1,
    options: [
      config,
      amount,
      { name: "url", value: "HOST:PORT", meaning: "bond, update: where the world reaches it" },
      { name: "anchors", meaning: "deposit: for anchors, not to the bond" },
      salt,
      { name: "yes", meaning: "without asking" },
    ],
    details: `${roleDetails}

  show       what the bond on chain says
  bond       post it; default --amount: what the root contract asks for
  deposit    add to it
  update     publish address, fee and log key as the configuration and the keys have them now
  unbond     leave: clients and workers go at once, the stake is free after the close delay
  withdraw   take it back, then
  settle     turn every voucher of clients into coins, however little it is
  reclaim    close the channels to workers, and take back what is free; say it again after their dispute window`,
    load: async () => (await import("../commands/node.ts")).proxy,
  },
  {
    name: "worker",
    summary: "earn with this machine; look after what it earns with",
    positionals: "[status | show | bond | deposit | unbond | withdraw | settle]",
    positionalsMin: 0,
    positionalsMax: 1,
    options: [
      { name: "name", value: "NAME", meaning: "tells workers of one home apart; default worker" },
      network,
      { name: "engine", value: "URL", meaning: "a backend on this machine; default: look for one" },
      { name: "weights", value: "FILE", meaning: "a GGUF file, for the embedded engine" },
      { name: "model", value: "NAME", meaning: "the model, as cocoon market names it" },
      { name: "backend-model", value: "NAME", meaning: "what the backend calls it" },
      { name: "slots", value: "N", meaning: "requests at once; default: what the engine runs" },
      {
        name: "gpu",
        value: "KIND",
        meaning: "cuda, vulkan, metal or none, for the embedded engine; default: what is installed",
      },
      {
        name: "tier",
        value: "TIER",
        meaning: "dev, open or confidential; default: what this machine can prove",
      },
      { name: "price", value: "TON", meaning: "for a million answer tokens; default: proposed" },
      { name: "prompt-price", value: "TON", meaning: "for a million prompt tokens" },
      { name: "floor", value: "TON", meaning: "the price falls to this where nothing runs" },
      { name: "ceiling", value: "TON", meaning: "and rises to this where all slots are taken" },
      { name: "cost", value: "TON", meaning: "what an hour costs you: never propose less" },
      { name: "payout", value: "TON", meaning: "settle once this much is unclaimed" },
      amount,
      { name: "dispute", value: "ADDRESS", meaning: "who may cancel a verdict against the bond" },
      salt,
      { name: "log", meaning: "JSON lines of the log instead of the dashboard" },
      { name: "yes", meaning: "without asking" },
      config,
      json,
      home,
    ],
    details: `Looks for an engine and a model that the network lists, measures them, proposes a price from the market, posts a bond
where the tier needs one, and serves until Ctrl-C. At a terminal it asks three questions at most; options answer them
beforehand. What was agreed is kept in DIR/NAME/worker.json: the next start asks nothing, and changes what --price,
--prompt-price, --floor, --ceiling, --slots, --payout and --gpu say. When no work comes it says
why (docs/idle-reasons.md), and it comes back by itself after the network, the proxy or the engine was away.

  status     how it stands, and why no work comes; the exit status is 0 where work can come

With --config FILE, or for the worker that --name names:

  show       the wallet, what the bond on chain says, and whether it is accused
  bond       post it; default --amount: what the root contract asks for
  deposit    add to it
  unbond     the stake is free after the close delay
  withdraw   take it back, then
  settle     turn every voucher into coins, however little it is: the proxy need not be there`,
    load: async () => (await import("../commands/worker.ts")).worker,
  },
  {
    name: "earnings",
    summary: "what a worker earned, by day and model",
    ...none,
    options: [
      { name: "from", value: "DAY", meaning: "the first day (UTC), such as 2026-11-01" },
      { name: "to", value: "DAY", meaning: "the last" },
      { name: "csv", meaning: "comma-separated values; amounts in nanotons" },
      json,
      { name: "name", value: "NAME", meaning: "the worker; default worker" },
      config,
      home,
    ],
    details:
      "From the worker's own books, whether it runs or not. The sums are those of its ledger, to the nanoton.",
    load: async () => (await import("../commands/earnings.ts")).earnings,
  },
  {
    name: "gateway",
    summary: "run a gateway, or keep the API keys of those who may use it",
    positionals: "[key create NAME | key list | key revoke ID]",
    positionalsMin: 0,
    positionalsMax: 3,
    options: [
      config,
      { name: "budget", value: "TON", meaning: "key create: the most that its answers may cost" },
      { name: "per", value: "PERIOD", meaning: "key create: day or month (UTC); default month" },
      { name: "requests-per-minute", value: "N", meaning: "key create: more are told to wait" },
      { name: "admin", meaning: "key create: may see all receipts and close channels too" },
      json,
      home,
    ],
    details: `${roleDetails}

key keeps the API keys of the gateway in the home directory, or of the one that --config configures, while it runs or
not. Once a key was made, a gateway answers nobody without one. A key's text is shown once, when it is made; the database
has its hash alone. COCOON_GATEWAY_KEY is the key that the other commands show.`,
    load: async () => (await import("../commands/gateway.ts")).gateway,
  },
  {
    name: "witness",
    summary: "run a witness, which cosigns the checkpoints of logs",
    ...none,
    options: [config],
    details: `Answers add-checkpoint of C2SP's tlog-witness, and signs only what extends all that it signed of a log before. The
configuration is {home, networkId, host, port, name, endpoints, logs}. With endpoints, toncenter-v2 JSON-RPC, the witness
follows the log of every bond of the network; logs is a list of {origin, publicKey} for others. Its own public key is in
the line witness_listening of its log, for the witnesses of a proxy's configuration and for cocoon verify --witness. On a
public network COCOON_PASSPHRASE, or the first line of the file COCOON_PASSPHRASE_FILE, must open its key.`,
    load: async () => (await import("../commands/node.ts")).witness,
  },
  {
    name: "audit",
    summary: "follow logs of proxies, prove their faults, and slash for the bounty",
    positionals: "[verdict ACTION ...]",
    positionalsMin: 0,
    positionalsMax: 12,
    options: [
      config,
      { name: "once", meaning: "look once, tell what was found, and stop" },
      { name: "bond", value: "ADDRESS", meaning: "verdict: the worker's bond" },
      { name: "receipt", value: "HEX", meaning: "verdict draft: its leaf hash, or a proof file" },
      { name: "reason", value: "N", meaning: "verdict draft: 0 to 255" },
      { name: "out", value: "FILE", meaning: "verdict draft, sign: what is written" },
      keystore,
      { name: "yes", meaning: "without asking" },
      home,
    ],
    details: `The configuration is {home, network, logs: [{bond, url, mirrors}], checkpoints, proofs, identities, intervalMs, reports};
docs/auditors.md explains each. Every finding is a file in home/findings. With reports true they are filed on the chain
from the auditor's own wallet, whose key is in home/keys.json. With --once the exit status is 0 when everything could be
looked at and nothing was ever found.

  verdict show --bond ADDRESS            who judges it, and what is pending
  verdict draft                          an accusation, as a file
  verdict sign DRAFT                     by one auditor's key; asks first, and needs no network
  verdict submit DRAFT SIGNATURE ...     by anybody, who gets the bounty
  verdict execute --bond ADDRESS         by anybody, once the dispute is over
  verdict cancel --bond ADDRESS          by the address that the bond names for it`,
    load: async () => (await import("../commands/audit.ts")).audit,
  },
];
