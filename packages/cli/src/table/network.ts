// Commands for a network on this machine.

import type { Command } from "../command.ts";
import { home, json, network, none } from "./options.ts";

export const networkCommands: readonly Command[] = [
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
          "gateway on N, proxy on N+10, its log on N+11, devnet on N+20, web page on N+30; default: as last time, at first 10000",
      },
      {
        name: "telegram",
        value: "URL",
        meaning:
          "the page is a Mini App, opened by this link, such as https://t.me/BOT/APP: Telegram Web may show it in a frame",
      },
      { name: "verbose", meaning: "show the roles' logs, with each request and connection" },
    ],
    details: `A TON devnet, a bonded proxy, two workers with a small model and a gateway, each a process of its own, and a web page. It stays up
until Ctrl-C; the next start goes on from the same state. A role that dies is started again. Logs are in DIR/logs.`,
    load: async () => (await import("../commands/up.ts")).up,
  },
  {
    name: "status",
    summary: "show chain, proxies, workers, channels and balances",
    ...none,
    options: [json, home],
    load: async () => (await import("../commands/status.ts")).status,
  },
  {
    name: "market",
    summary: "who serves which model, at what price, and how busy",
    ...none,
    options: [{ name: "model", value: "NAME", meaning: "only this one" }, network, json, home],
    details: `Asks the root contract and each proxy. The median is what cocoon worker proposes. A client pays the fee of the proxy on
top, and caps the price with x-cocoon-max-price; the price of a request is locked when it is offered.`,
    load: async () => (await import("../commands/market.ts")).market,
  },
  {
    name: "role",
    summary: "run one role of a local network, for cocoon up",
    positionals: "NAME",
    positionalsMin: 1,
    positionalsMax: 1,
    options: [home, { name: "verbose", meaning: "log each request and connection" }],
    isInternal: true,
    load: async () => (await import("../commands/role.ts")).role,
  },
];
