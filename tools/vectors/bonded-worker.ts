import {
  bondedIdentityDigest,
  createSigningKey,
  hashLeaf,
  toHex,
  utf8,
  verdictDigest,
} from "@cocoon/protocol";
import { devnetId } from "./voucher.ts";

const bond = `0:${"b0".repeat(32)}`;
const bondSeed = new Uint8Array(32).fill(0x2b);
const auditorSeed = new Uint8Array(32).fill(0x2c);
const identityKey = createSigningKey(new Uint8Array(32).fill(0x1d)).publicKey;
const receipt = hashLeaf(utf8("a receipt"));

/** What bond keys and auditors sign, with digests and signatures. */
export function bondedWorkerVectors(): object {
  const bondKey = createSigningKey(bondSeed);
  const auditorKey = createSigningKey(auditorSeed);
  return {
    about: "Spec 10.9.4 and 10.9.6. The digest is a cell hash; the signature is over the digest.",
    bondSeed: toHex(bondSeed),
    bondKey: toHex(bondKey.publicKey),
    auditorSeed: toHex(auditorSeed),
    auditorKey: toHex(auditorKey.publicKey),
    identities: [devnetId, -239].map((networkId) => {
      const identity = { networkId, bond, identityKey, notAfterSeconds: 1_795_000_000 };
      const digest = bondedIdentityDigest(identity);
      const signature = toHex(bondKey.sign(digest));
      return { ...identity, identityKey: toHex(identityKey), digest: toHex(digest), signature };
    }),
    verdicts: [0, 2 ** 32 - 1].map((round) => {
      const verdict = { networkId: devnetId, bond, round, receipt, reason: 2 };
      const digest = verdictDigest(verdict);
      const signature = toHex(auditorKey.sign(digest));
      return { ...verdict, receipt: toHex(receipt), digest: toHex(digest), signature };
    }),
  };
}
