export { type CborValue, encodeCbor } from "./cbor.ts";
export {
  coseEdDsa,
  type CoseHeader,
  coseLabel,
  coseSigned,
  encodeSign1,
  signSign1,
} from "./sign1.ts";
