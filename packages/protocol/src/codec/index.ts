export {
  addressBytes,
  addressOf,
  encodeAddress,
  friendlyAddress,
  parseAddress,
  type RawAddress,
} from "./address.ts";
export { ByteReader, ByteWriter } from "./binary.ts";
export { JsonReader, parseJson } from "./json.ts";
