// Options that several commands share.

import type { Option } from "../command.ts";

export const home: Option = {
  name: "home",
  value: "DIR",
  meaning: "directory of all state; default COCOON_HOME, else .cocoon",
};
export const gateway: Option = {
  name: "gateway",
  value: "URL",
  meaning: "the gateway to ask; default: the one of the network in the home directory",
};
export const json: Option = { name: "json", meaning: "JSON instead of text" };
export const config: Option = {
  name: "config",
  value: "FILE",
  meaning: "the role's configuration",
};
export const amount: Option = { name: "amount", value: "TON", meaning: "how much, such as 1.5" };
export const salt: Option = {
  name: "salt",
  value: "N",
  meaning: "bond: tells bonds of one wallet apart; default 1",
};
export const keystore: Option = {
  name: "keystore",
  value: "FILE",
  meaning: "a wallet of cocoon wallet, whose key signs or pays; default: the home directory's",
};
export const network: Option = {
  name: "config",
  value: "FILE",
  meaning: "a role's configuration, or a network.json; default: the home directory's",
};
export const none = { positionals: "", positionalsMin: 0, positionalsMax: 0 };

export const roleDetails = `Runs one role until it is told to stop by SIGINT or SIGTERM, and logs JSON lines to standard output. The
configuration has the fields of the role's file in config/ of a home directory that cocoon up made. On a public network
COCOON_PASSPHRASE, or the first line of the file COCOON_PASSPHRASE_FILE, must open the role's keys.`;
export const workerNetwork: Option = {
  name: "network",
  value: "FILE",
  meaning: "a network.json; default: the home directory's",
};
