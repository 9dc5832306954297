// Bugs that nobody made by accident. A harness that does not find them would not find others.

import type { Patch } from "../network/patch.ts";

export type PlantedBug = {
  readonly name: string;
  /** What it does, in a word to whoever reads the list. */
  readonly what: string;
  /** Kinds of faults that bring it out; empty where load is enough. */
  readonly faults: readonly string[];
  /** What the harness says when it finds it. */
  readonly found: RegExp;
  readonly patches: readonly Patch[];
};

export const plantedBugs: readonly PlantedBug[] = [
  {
    name: "charged-twice",
    what: "the proxy adds each charge to the sum twice",
    faults: [],
    found: /its charges make|spent and posted|pending at the proxy/,
    patches: [
      {
        file: "services/dist/ledger/incoming.js",
        find: "add.run(sum, channel)",
        replace: "(add.run(sum, channel), add.run(sum, channel))",
      },
    ],
  },
  {
    name: "acknowledged-before-durable",
    what: "the gateway's writes are said to be durable two seconds before they are",
    faults: ["kill gateway"],
    found: /has 0 receipts|is posted, not stored|proxy posted|the client signed/,
    patches: [
      {
        file: "services/dist/gateway/answer-store.js",
        find: "async accept(answer) {",
        replace:
          "async accept(answer) { setTimeout(() => void this.acceptLate(answer).catch(() => undefined), 2_000); }\n    async acceptLate(answer) {",
      },
    ],
  },
  {
    name: "credit-without-end",
    what: "the proxy serves whoever does not pay",
    faults: ["gateway that does not pay"],
    found: /of credit, the window is/,
    patches: [
      {
        file: "services/dist/proxy/admission.js",
        find: "if (unpaid + reserved + costMax <= creditWindow)",
        replace: "if (unpaid + reserved + costMax >= 0n)",
      },
    ],
  },
  {
    name: "prompt-in-a-log",
    what: "the worker prints what it was asked",
    faults: [],
    found: /text in logs/,
    patches: [
      {
        file: "services/dist/worker/task.js",
        find: "const text = textOf(bytes);",
        replace: "const text = textOf(bytes); console.error(text);",
      },
    ],
  },
  {
    name: "handles-that-stay-open",
    what: "the proxy opens a file for each receipt and forgets it",
    faults: [],
    found: /file handles/,
    patches: [
      {
        file: "services/dist/proxy/receipt-desk.js",
        find: "entries.push(entry);",
        replace: 'entries.push(entry); process.getBuiltinModule("node:fs").openSync("/dev/null");',
      },
    ],
  },
  {
    name: "receipt-left-out",
    what: "the proxy charges for one receipt in eight and does not log it",
    faults: [],
    found: /not in the log|leaves for|is anchored/,
    patches: [
      {
        file: "services/dist/proxy/receipt-desk.js",
        find: "const leaves = log.append(db, charged);",
        replace:
          "const logged = log.append(db, charged.filter(({ request }) => !/^[01]/.test(request))); let next = 0;\n        const leaves = charged.map(({ request }) => (/^[01]/.test(request) ? logged[0] : logged[next++]));",
      },
    ],
  },
  {
    name: "never-dials-again",
    what: "who lost a connection to the proxy does not dial again",
    faults: ["kill proxy"],
    found: /no answer/,
    patches: [
      {
        file: "sdk/dist/carrier/maintain.js",
        find: "await this.#pause(delayMs);",
        replace: "await this.#pause(2 ** 31 - 1);",
      },
    ],
  },
];
