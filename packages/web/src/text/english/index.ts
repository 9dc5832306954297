// All that the page says. The other languages have the same shape, so that one that lacks a text does not compile.

import { chat } from "./chat.ts";
import { cockpit } from "./cockpit.ts";
import { money } from "./money.ts";
import { network, market } from "./network.ts";
import { verify } from "./verify.ts";

type Sentences = { readonly title: string; readonly proves: string; readonly provesNot?: string };

export const english = {
  app: {
    name: "Cocoon",
    skip: "Skip to the content",
    menu: "Pages",
    theme: "Appearance",
    themes: { system: "As the system", light: "Light", dark: "Dark" },
    language: "Language",
    offline: "No network description was found beside this page, so it can only verify proofs.",
    notFound: "There is no such page.",
    failed: "This part of the page could not be loaded.",
    retry: "Try again",
    loading: "Loading",
    close: "Close",
    copy: "Copy",
    copied: "Copied",
    simulated: "Devnet: the trusted hardware is simulated and coins are worth nothing.",
  },
  pages: {
    chat: "Chat",
    network: "Network",
    market: "Market",
    cockpit: "Cockpit",
    verify: "Verify",
  },
  states: { signed: "Signed", included: "Included", anchored: "Anchored" },
  stateMeanings: {
    signed: "The worker signed what it did, and the log promised the receipt a place.",
    included: "The receipt stands in the public log, whose state is signed.",
    anchored: "That state of the log is fixed by a transaction on TON.",
  },
  tiers: {
    dev: "Simulated",
    open: "Open",
    confidential: "Confidential",
    "confidential-gpu": "Confidential, GPU too",
  },
  tierMeanings: {
    dev: "The trusted hardware is simulated and protects nothing: the operator can read what you write.",
    open: "An ordinary machine with a bond: the operator can read what you write.",
    confidential: "The processor keeps the operator out. A GPU beside it is not covered.",
    "confidential-gpu": "The processor and the GPU keep the operator out.",
  },
  verify,
  /** Where a language has no words of its own for a check, the verifier's are shown. */
  checks: {} as Readonly<Partial<Record<string, Sentences>>>,
  network,
  market,
  chat,
  money,
  cockpit,
};

export type Text = typeof english;
