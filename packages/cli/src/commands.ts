// The table of commands. What runs a command is loaded when it is run, so that help and verification start fast.

import type { Command, Option } from "./command.ts";

const home: Option = {
  name: "home",
  value: "DIR",
  meaning: "directory of all state; default COCOON_HOME, else .cocoon",
};
const gateway: Option = {
  name: "gateway",
  value: "URL",
  meaning: "the gateway to ask; default: the one of the network in the home directory",
};
const json: Option = { name: "json", meaning: "JSON instead of text" };
const config: Option = { name: "config", value: "FILE", meaning: "the role's configuration" };
const amount: Option = { name: "amount", value: "TON", meaning: "how much, such as 1.5" };
const salt: Option = {
  name: "salt",
  value: "N",
  meaning: "bond: tells bonds of one wallet apart; default 1",
};
const keystore: Option = {
  name: "keystore",
  value: "FILE",
  meaning: "a wallet of cocoon wallet, whose key signs or pays; default: the home directory's",
};
const network: Option = {
  name: "config",
  value: "FILE",
  meaning: "a role's configuration, or a network.json; default: the home directory's",
};
const none = { positionals: "", positionalsMin: 0, positionalsMax: 0 };

const roleDetails = `Runs one role until it is told to stop by SIGINT or SIGTERM, and logs JSON lines to standard output. The
configuration has the fields of the role's file in config/ of a home directory that cocoon up made. On a public network
COCOON_PASSPHRASE, or the first line of the file COCOON_PASSPHRASE_FILE, must open the role's keys.`;

export const commands: readonly Command[] = [
  {
    name: "up",
    summary: "bring up a whole network on this machine, and ask it a first question",
    ...none,
    options: [
      { name: "once", value: "PROMPT", meaning: "ask this, verify the anchored proof, stop" },
      home,
      {
        name: "port-base",
        value: "N",
        meaning:
          "gateway on N, proxy on N+10, its log on N+11, devnet on N+20; default: as last time, at first 10000",
      },
      { name: "verbose", meaning: "show the roles' logs, with each request and connection" },
    ],
    details: `A TON devnet, a bonded proxy, two workers with a small model and a gateway, each a process of its own. It stays up
until Ctrl-C; the next start goes on from the same state. A role that dies is started again. Logs are in DIR/logs.`,
    load: async () => (await import("./commands/up.ts")).up,
  },
  {
    name: "chat",
    summary: "ask a running network; without a prompt, talk to it",
    positionals: "[PROMPT]",
    positionalsMin: 0,
    positionalsMax: 1,
    options: [
      { name: "model", value: "NAME", meaning: "default: the first that the network lists" },
      {
        name: "tier",
        value: "TIER",
        meaning: "lowest tier: dev, open, confidential, confidential-gpu",
      },
      {
        name: "save-proof",
        value: "FILE",
        meaning: "with PROMPT: write the answer's proof file, anchored if that takes no 15 seconds",
      },
      {
        name: "disclose",
        value: "NAMES",
        meaning: "open these fields to whoever reads that file: request,answer_text and so on",
      },
      {
        name: "save-content",
        value: "FILE",
        meaning: "with PROMPT: keep what it takes to open any field later; it holds the texts",
      },
      home,
      gateway,
    ],
    details: `Ctrl-C cancels the answer: the worker stops, and nothing is paid for it. No file of the gateway holds
the texts: who wants to open them to somebody says so now, or keeps them with --save-content for cocoon receipts export.`,
    load: async () => (await import("./commands/chat.ts")).chat,
  },
  {
    name: "receipts",
    summary: "list my receipts, or export one with all that proves it",
    positionals: "[export ID]",
    positionalsMin: 0,
    positionalsMax: 2,
    options: [
      { name: "limit", value: "N", meaning: "how many of the newest to list; default 20" },
      {
        name: "content",
        value: "FILE",
        meaning: "with export: what cocoon chat --save-content kept of that answer",
      },
      {
        name: "disclose",
        value: "NAMES",
        meaning: "with --content: open these fields, such as message_0,answer_text",
      },
      {
        name: "cose",
        value: "FILE",
        meaning: "with export: write a COSE_Sign1 statement with the log's receipt, for SCITT",
      },
      json,
      home,
    ],
    details:
      "Works whether the network runs or not. An ID may be cut short as long as it is the only one that begins so.",
    load: async () => (await import("./commands/receipts.ts")).receipts,
  },
  {
    name: "verify",
    summary: "verify a proof file: who answered, with which model, what it cost",
    positionals: "FILE",
    positionalsMin: 1,
    positionalsMax: 1,
    options: [
      json,
      {
        name: "endpoint",
        value: "URL",
        multiple: true,
        meaning: "toncenter-v2 JSON-RPC to check the anchor on; default: the home directory's",
      },
      { name: "proof-endpoint", value: "URL", multiple: true, meaning: "server of account proofs" },
      {
        name: "root",
        value: "ADDRESS",
        meaning: "the root contract that the proof must be of; without it, the file names its own",
      },
      {
        name: "witness",
        value: "NAME=HEX",
        multiple: true,
        meaning: "a witness that you know, and its public key",
      },
      {
        name: "witnesses",
        value: "K",
        meaning: "how many of them must have cosigned the log; default: all",
      },
      home,
    ],
    details:
      "Needs nothing but the file, or - for standard input. What needs the chain is checked when it can be reached, and else said to be unchecked.",
    load: async () => (await import("./commands/verify.ts")).verify,
  },
  {
    name: "status",
    summary: "show chain, proxies, workers, channels and balances",
    ...none,
    options: [json, home],
    load: async () => (await import("./commands/status.ts")).status,
  },
  {
    name: "channel",
    summary: "list the payment channels of the gateway, or close one",
    positionals: "list | close [ADDRESS]",
    positionalsMin: 1,
    positionalsMax: 2,
    options: [{ name: "alone", meaning: "close: without the proxy" }, json, home, gateway],
    details: `Closing pays the proxy what was spent and returns the rest. The next request opens another channel. With --alone nobody
has to help: the proxy has the channel's dispute window to take what it holds a voucher for, and then the gateway takes
the rest back by itself.`,
    load: async () => (await import("./commands/channel.ts")).channel,
  },
  {
    name: "wallet",
    summary: "make, import, show or pay from a wallet of your own",
    positionals: "new | import | show | send",
    positionalsMin: 1,
    positionalsMax: 1,
    options: [
      {
        name: "keystore",
        value: "FILE",
        meaning: "the wallet's file; default: wallet.json in DIR",
      },
      { name: "to", value: "ADDRESS", meaning: "send: who is paid; 48 characters, or 0: and hex" },
      { name: "amount", value: "TON", meaning: "send: how much, such as 1.5" },
      { name: "comment", value: "TEXT", meaning: "send: a text that everybody can read" },
      { name: "yes", meaning: "send: without asking" },
      { name: "export-seed", meaning: "new, show: show the seed too, on a terminal, after asking" },
      {
        name: "testnet",
        meaning: "new, import: for testnet; default: the home directory's network",
      },
      { name: "mainnet", meaning: "the wallet is of mainnet, and real money may move" },
      {
        name: "endpoint",
        value: "URL",
        multiple: true,
        meaning: "toncenter-v2 JSON-RPC; default: the home directory's, if it is of this network",
      },
      json,
      home,
    ],
    details: `The wallet is the v5r1 contract, which TON's other wallets call W5. Import reads a seed of 64 hex digits, or the 24
words of a TON wallet without a password, from standard input or a prompt; compare the address with your wallet's, as
one typing error in 256 is not noticed. The keystore is sealed with scrypt and AES-256-GCM under a passphrase: asked
for, or taken from COCOON_PASSPHRASE or the first line of the file COCOON_PASSPHRASE_FILE. Nothing else opens it, so
keep both. Only a devnet's may lie in clear.`,
    load: async () => (await import("./commands/wallet.ts")).wallet,
  },
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
    load: async () => (await import("./commands/node.ts")).proxy,
  },
  {
    name: "worker",
    summary: "run a worker, or look after its bond",
    positionals: "[show | bond | deposit | unbond | withdraw | settle]",
    positionalsMin: 0,
    positionalsMax: 1,
    options: [
      config,
      amount,
      { name: "dispute", value: "ADDRESS", meaning: "bond: who may cancel a verdict" },
      salt,
      { name: "yes", meaning: "without asking" },
    ],
    details: `${roleDetails}

  show       the wallet, what the bond on chain says, and whether it is accused
  bond       post it; default --amount: what the root contract asks for
  deposit    add to it
  unbond     the stake is free after the close delay
  withdraw   take it back, then
  settle     turn every voucher into coins, however little it is: the proxy need not be there`,
    load: async () => (await import("./commands/node.ts")).worker,
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
    load: async () => (await import("./commands/gateway.ts")).gateway,
  },
  {
    name: "tee",
    summary: "say what this machine can prove, which tier it could have, and what is missing",
    ...none,
    options: [json],
    details: `Looks at the processor, the guest, the kernel's interface for quotes and NVIDIA's GPUs, changes nothing, and asks the
TEE, if there is one, for a quote, to name the image that runs here. The exit status is 0 where a tier above open is possible.`,
    load: async () => (await import("./commands/tee.ts")).tee,
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
    load: async () => (await import("./commands/node.ts")).witness,
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
    load: async () => (await import("./commands/audit.ts")).audit,
  },
  {
    name: "model",
    summary: "bring a model's weights to this machine, or list those that are here",
    positionals: "pull hf:OWNER/NAME:FILE[@REVISION] | list",
    positionalsMin: 1,
    positionalsMax: 2,
    options: [
      {
        name: "hub",
        value: "URL",
        meaning: "the hub, or a mirror of it; default: https://huggingface.co",
      },
      json,
      home,
    ],
    details: `Weights are kept in DIR/models. A pull that was broken off goes on where it stopped, and a file is kept only when its SHA-256
is the one that the hub names. COCOON_HUB_TOKEN opens what needs a login.`,
    load: async () => (await import("./commands/model.ts")).model,
  },
  {
    name: "governance",
    summary: "show the network's rules and what will change; propose, sign and send changes",
    positionals: "ACTION [ARGUMENTS]",
    positionalsMin: 1,
    positionalsMax: 12,
    options: [
      { name: "out", value: "FILE", meaning: "where the statement, or the signature, is written" },
      { name: "now", meaning: "sign with the home directory's key and send at once" },
      { name: "valid-hours", value: "N", meaning: "how long the statement is good; default 24" },
      keystore,
      { name: "yes", meaning: "without asking" },
      network,
      json,
      home,
    ],
    details: `  show                      rules, keys, and what is pending
  propose CHANGE.json       a change, which waits out the delay of governance
  cancel ID                 the end of a pending change
  revoke model|image HASH   at once; so do:
  ban PLATFORM_ID
  raise-floor NUMBER
  sign STATEMENT            with one key; asks first, and needs no network
  send STATEMENT SIGNATURE ...
  execute ID                by anyone, once its time has come

What decides writes a statement to --out. The holders of the keys sign it, each where the key is, and anybody sends it
with as many signatures as the root asks for. docs/governance.md has the fields of a change.`,
    load: async () => (await import("./commands/governance.ts")).governance,
  },
  {
    name: "role",
    summary: "run one role of a local network, for cocoon up",
    positionals: "NAME",
    positionalsMin: 1,
    positionalsMax: 1,
    options: [home, { name: "verbose", meaning: "log each request and connection" }],
    isInternal: true,
    load: async () => (await import("./commands/role.ts")).role,
  },
];
