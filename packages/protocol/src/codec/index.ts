export {
  addressBytes,
  addressOf,
  encodeAddress,
  type FriendlyAddress,
  friendlyAddress,
  parseAddress,
  parseFriendlyAddress,
  type RawAddress,
} from "./address.ts";
export { ByteReader, ByteWriter } from "./binary.ts";
export { JsonReader, parseJson } from "./json.ts";
