// network.json: what a local network is, for commands that talk to it or read what it left.

import { CocoonError, type JsonReader, type RawAddress, toHex } from "@cocoon/protocol";
import { type NetworkConfig, readConfigFile, readNetwork, writeConfigFile } from "@cocoon/services";
import { existsSync } from "node:fs";
import { networkPath } from "../home.ts";

export type LocalNetwork = NetworkConfig & {
  /** The gateway listens here, the proxy 10 above, its log 11 above, the devnet 20 above, the page 30 above. */
  readonly portBase: number;
  readonly model: {
    readonly name: string;
    /** Hex; names the exact weights, tokenizer, template and engine. */
    readonly manifestHash: string;
  };
  /** Who holds money on the chain. */
  readonly wallets: readonly { readonly name: string; readonly address: RawAddress }[];
};

const walletsMax = 64;

/** The network of a home directory, or undefined where none was ever started. Throws option_invalid. */
export function readLocalNetwork(home: string): LocalNetwork | undefined {
  const path = networkPath(home);
  if (!existsSync(path)) return undefined;
  return localNetworkOf(readConfigFile(path));
}

/** The same; throws option_invalid where none was ever started. */
export function requireLocalNetwork(home: string): LocalNetwork {
  const network = readLocalNetwork(home);
  if (network !== undefined) return network;
  throw new CocoonError("option_invalid", {
    home,
    reason: "no network was started here: start one with cocoon up, or name another --home",
  });
}

export function writeLocalNetwork(home: string, network: LocalNetwork): void {
  writeConfigFile(networkPath(home), network);
}

/** Where the gateway of a local network is reached. */
export function gatewayUrlOf({ portBase }: Pick<LocalNetwork, "portBase">): string {
  return `http://127.0.0.1:${portBase}`;
}

function localNetworkOf(json: JsonReader): LocalNetwork {
  const model = json.object("model");
  return {
    ...readNetwork(json),
    portBase: json.uint("portBase", 65_535),
    model: {
      name: model.string("name", 64),
      manifestHash: toHex(model.hex("manifestHash", 32)),
    },
    wallets: json.objects("wallets", walletsMax).map((wallet) => {
      return { name: wallet.string("name", 64), address: wallet.address("address") };
    }),
  };
}
