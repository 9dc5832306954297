import { type JsonReader, toHex } from "@cocoon/protocol";

export type WitnessConfig = {
  /** Directory of keys.json and witness.db. */
  readonly home: string;
  readonly networkId: number;
  readonly host: string;
  readonly port: number;
  /** How its signature lines name it, such as "witness.example/w1". */
  readonly name: string;
};

/** A witness that a log asks, or that a client counts. */
export type WitnessAddress = {
  readonly name: string;
  /** Ed25519, 32 bytes hex. */
  readonly publicKey: string;
  /** Where add-checkpoint lies: "http://host:port". */
  readonly url: string;
};

export function readWitnessConfig(json: JsonReader): WitnessConfig {
  return {
    home: json.string("home"),
    networkId: json.int("networkId"),
    host: json.string("host", 253),
    port: json.uint("port", 65_535),
    name: json.string("name", 128),
  };
}

export function readWitnessAddress(json: JsonReader): WitnessAddress {
  return {
    name: json.string("name", 128),
    publicKey: toHex(json.hex("publicKey", 32)),
    url: json.string("url"),
  };
}
