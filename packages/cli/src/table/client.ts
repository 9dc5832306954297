// Commands for who asks, pays and verifies.

import type { Command } from "../command.ts";
import { home, gateway, json } from "./options.ts";

export const clientCommands: readonly Command[] = [
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
        name: "max-price",
        value: "TON",
        meaning: "the most for a million tokens of either kind, the proxy's fee not included",
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
        name: "require",
        value: "STATE",
        meaning: "with --save-proof: fail unless the proof is signed, included or anchored by then",
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
    load: async () => (await import("../commands/chat.ts")).chat,
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
      {
        name: "wait",
        value: "SECONDS",
        meaning: "with export: wait so long, if need be, for the receipt's anchor on TON",
      },
      json,
      home,
    ],
    details:
      "Works whether the network runs or not. An ID may be cut short as long as it is the only one that begins so; latest is the newest.",
    load: async () => (await import("../commands/receipts.ts")).receipts,
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
    load: async () => (await import("../commands/verify.ts")).verify,
  },
  {
    name: "channel",
    summary: "list the payment channels of the gateway, or close one",
    positionals: "list | close [ADDRESS]",
    positionalsMin: 1,
    positionalsMax: 2,
    options: [{ name: "alone", meaning: "close: without the proxy" }, json, home, gateway],
    details: `Closing pays the proxy what was spent and returns the rest. While it runs the gateway opens another channel by itself.
With --alone nobody has to help: the proxy has the channel's dispute window to take what it holds a voucher for, and then
the gateway takes the rest back by itself.`,
    load: async () => (await import("../commands/channel.ts")).channel,
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
    load: async () => (await import("../commands/wallet.ts")).wallet,
  },
];
