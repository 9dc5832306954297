// Both providers against published vectors and against each other.

import assert from "node:assert/strict";
import { test } from "node:test";
import { ed25519 } from "@noble/curves/ed25519.js";
import * as fc from "fast-check";
import { concatBytes, fromHex, toHex, utf8 } from "../bytes/index.ts";
import type { Primitives } from "./provider.ts";
import { nobleProvider } from "./noble.ts";
import { nodeProvider } from "./node.ts";

const node = nodeProvider();
assert.ok(node !== undefined, "these tests run in Node");
const providers: readonly (readonly [string, Primitives])[] = [
  ["node", node],
  ["noble", nobleProvider],
];

const hex = (text: string): Uint8Array => {
  const bytes = fromHex(text);
  assert.ok(bytes !== undefined);
  return bytes;
};
const littleEndian = (bytes: Uint8Array): bigint => BigInt(`0x${toHex(bytes.toReversed())}`);

/** RFC 8032 section 7.1: tests 1, 2, 3 and SHA(abc). */
const rfc8032 = [
  {
    seed: "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
    publicKey: "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
    message: "",
    signature:
      "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
  },
  {
    seed: "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
    publicKey: "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
    message: "72",
    signature:
      "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
  },
  {
    seed: "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
    publicKey: "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
    message: "af82",
    signature:
      "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
  },
  {
    seed: "833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42",
    publicKey: "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
    message:
      "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
    signature:
      "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704",
  },
];

/** One of the points of order 8. */
const torsion = ed25519.Point.fromHex(
  "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
);

/** A signature with a chosen commitment R and public key, made by hand from a secret scalar. */
function forge(input: {
  readonly scalar: bigint;
  readonly publicKey: Uint8Array;
  readonly nonce: bigint;
  readonly commitment: Uint8Array;
  readonly message: Uint8Array;
}): { readonly signature: Uint8Array; readonly challenge: bigint } {
  const order = ed25519.Point.Fn.ORDER;
  const hash = nobleProvider.sha512(input.commitment, input.publicKey, input.message);
  const challenge = littleEndian(hash) % order;
  const response = (input.nonce + challenge * input.scalar) % order;
  const responseBytes = hex(response.toString(16).padStart(64, "0")).toReversed();
  return { signature: concatBytes(input.commitment, responseBytes), challenge };
}

for (const [name, provider] of providers) {
  test(`ed25519Verify() of ${name} refuses malformed and altered input`, () => {
    const [first] = rfc8032;
    assert.ok(first !== undefined);
    const key = hex(first.publicKey);
    const signature = hex(first.signature);
    const message = hex(first.message);
    const { ed25519Verify } = provider;
    assert.equal(ed25519Verify(key.subarray(1), message, signature), false);
    assert.equal(ed25519Verify(key, message, signature.subarray(1)), false);
    assert.equal(ed25519Verify(key, message, concatBytes(signature, Uint8Array.of(0))), false);
    assert.equal(ed25519Verify(key, utf8("other"), signature), false);
    const malleable = Uint8Array.from(signature);
    const shifted = littleEndian(signature.subarray(32)) + ed25519.Point.Fn.ORDER;
    malleable.set(hex(shifted.toString(16).padStart(64, "0")).toReversed(), 32);
    assert.equal(ed25519Verify(key, message, malleable), false, "S not below the order");
  });

  test(`ed25519Verify() of ${name} refuses every key of small order, for any message`, () => {
    for (let multiple = 0n; multiple < 8n; multiple += 1n) {
      const point = torsion.multiplyUnsafe(multiple).toBytes();
      for (let byte = 0; byte < 16; byte += 1) {
        const signature = concatBytes(point, new Uint8Array(32));
        assert.equal(provider.ed25519Verify(point, Uint8Array.of(byte), signature), false);
      }
    }
  });

  test(`ed25519Verify() of ${name} refuses a key whose y is not reduced`, () => {
    for (let low = 0xed; low <= 0xff; low += 1) {
      for (const high of [0x7f, 0xff]) {
        const key = new Uint8Array(32).fill(0xff);
        key[0] = low;
        key[31] = high;
        const signature = concatBytes(key, new Uint8Array(32));
        assert.equal(provider.ed25519Verify(key, utf8("m"), signature), false);
      }
    }
  });

  test(`ed25519Verify() of ${name} does not multiply by the cofactor`, () => {
    const scalar = 12_345n;
    const nonce = 67_890n;
    const base = ed25519.Point.BASE;
    const publicKey = base.multiply(scalar).toBytes();
    const commitment = base.multiply(nonce).add(torsion).toBytes();
    const message = utf8("mixed order");
    const { signature } = forge({ scalar, publicKey, nonce, commitment, message });
    assert.equal(provider.ed25519Verify(publicKey, message, signature), false);

    const mixedKey = base.multiply(scalar).add(torsion).toBytes();
    const plain = base.multiply(nonce).toBytes();
    const seen = new Set<boolean>();
    for (let byte = 0; byte < 64; byte += 1) {
      const forged = forge({
        scalar,
        publicKey: mixedKey,
        nonce,
        commitment: plain,
        message: Uint8Array.of(byte),
      });
      const verdict = provider.ed25519Verify(mixedKey, Uint8Array.of(byte), forged.signature);
      assert.equal(verdict, forged.challenge % 8n === 0n);
      seen.add(verdict);
    }
    assert.equal(seen.size, 2, "64 messages meet both cases");
  });

  test(`ed25519 of ${name} gives the signatures of RFC 8032 section 7.1`, () => {
    for (const vector of rfc8032) {
      const seed = hex(vector.seed);
      const message = hex(vector.message);
      assert.equal(toHex(provider.ed25519PublicKey(seed)), vector.publicKey);
      assert.equal(toHex(provider.ed25519Signer(seed)(message)), vector.signature);
      const signature = hex(vector.signature);
      assert.ok(provider.ed25519Verify(hex(vector.publicKey), message, signature));
    }
  });

  test(`sha256() and sha512() of ${name} give the digests of FIPS 180-4's "abc"`, () => {
    const abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    assert.equal(toHex(provider.sha256(utf8("a"), utf8("bc"))), abc);
    assert.equal(toHex(provider.sha512(utf8("ab"), utf8("c"))), rfc8032[3]?.message);
    const stream = provider.sha256Stream();
    for (const part of ["a", "", "bc"]) stream.update(utf8(part));
    assert.equal(toHex(stream.digest()), abc);
  });

  test(`hkdfSha256() of ${name} gives RFC 5869 test case 1`, () => {
    const expand = provider.hkdfSha256(
      new Uint8Array(22).fill(0x0b),
      hex("000102030405060708090a0b0c"),
    );
    const derived = expand(hex("f0f1f2f3f4f5f6f7f8f9"), 42);
    assert.equal(
      toHex(derived),
      "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865",
    );
  });

  test(`hmacSha256() of ${name} gives RFC 4231 test case 2, in any parts`, () => {
    const code = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
    const parts = ["what do ya want", "", " for nothing?"].map(utf8);
    assert.equal(toHex(provider.hmacSha256(utf8("Jefe"), ...parts)), code);
  });

  test(`sha3_256() and shake256() of ${name} give the digests of FIPS 202's "abc" and of nothing`, () => {
    const abc = "3a985da74fe225b2045c172d6bd390bd855f086e3e9d525b46bfe24511431532";
    assert.equal(toHex(provider.sha3_256(utf8("a"), utf8("bc"))), abc);
    const nothing = "46b9dd2b0ba88d13233b3feb743eeb243fcd52ea62b81b82b50c27646ed5762f";
    assert.equal(toHex(provider.shake256(32)), nothing);
  });

  test(`x25519Key() of ${name} agrees on nothing with a key of small order or of another size`, () => {
    const { agree } = provider.x25519Key(new Uint8Array(32).fill(9));
    const smallOrder = [
      "0000000000000000000000000000000000000000000000000000000000000000",
      "0100000000000000000000000000000000000000000000000000000000000000",
      "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
      "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
      "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
      "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    ];
    for (const key of smallOrder) assert.equal(agree(hex(key)), undefined, key);
    for (const size of [0, 31, 33]) assert.equal(agree(new Uint8Array(size).fill(9)), undefined);
  });

  test(`aes256Gcm of ${name} gives test case 16 of the GCM specification and refuses a flipped byte`, () => {
    const key = hex("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308");
    const nonce = hex("cafebabefacedbaddecaf888");
    const aad = hex("feedfacedeadbeeffeedfacedeadbeefabaddad2");
    const plaintext = hex(
      "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39",
    );
    const sealed = provider.aes256GcmSeal(key, nonce, aad, plaintext);
    assert.equal(
      toHex(sealed),
      "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f66276fc6ece0f4e1768cddf8853bb2d551b",
    );
    assert.deepEqual(provider.aes256GcmOpen(key, nonce, aad, sealed), plaintext);
    for (const index of [0, 59, 60, 75]) {
      const altered = Uint8Array.from(sealed);
      altered[index] = (altered[index] ?? 0) ^ 1;
      assert.equal(provider.aes256GcmOpen(key, nonce, aad, altered), undefined);
    }
    assert.equal(provider.aes256GcmOpen(key, nonce, aad.subarray(1), sealed), undefined);
    assert.equal(provider.aes256GcmOpen(key, nonce, aad, sealed.subarray(0, 15)), undefined);
  });
}

test("the two providers give the same bytes for random input", () => {
  const bytes = (minLength: number, maxLength: number = minLength) =>
    fc.uint8Array({ minLength, maxLength });
  fc.assert(
    fc.property(bytes(32), bytes(12), bytes(0, 300), bytes(0, 300), (key, nonce, aad, message) => {
      assert.deepEqual(node.sha256(aad, message), nobleProvider.sha256(aad, message));
      assert.deepEqual(node.sha512(aad, message), nobleProvider.sha512(aad, message));
      const info = utf8("info");
      assert.deepEqual(
        node.hkdfSha256(key, aad)(info, 44),
        nobleProvider.hkdfSha256(key, aad)(info, 44),
      );
      assert.deepEqual(node.hmacSha256(aad, message), nobleProvider.hmacSha256(aad, message));
      assert.deepEqual(node.sha3_256(message), nobleProvider.sha3_256(message));
      assert.deepEqual(node.shake256(96, message), nobleProvider.shake256(96, message));
      const anyKey = node.sha256(message);
      const own = node.x25519Key(key);
      assert.deepEqual(nobleProvider.x25519Key(key).publicKey, own.publicKey);
      assert.deepEqual(nobleProvider.x25519Key(key).agree(anyKey), own.agree(anyKey));
      const sealed = node.aes256GcmSeal(key, nonce, aad, message);
      assert.deepEqual(nobleProvider.aes256GcmSeal(key, nonce, aad, message), sealed);
      assert.deepEqual(nobleProvider.aes256GcmOpen(key, nonce, aad, sealed), message);
      assert.deepEqual(node.aes256GcmOpen(key, nonce, aad, sealed), message);
      const publicKey = node.ed25519PublicKey(key);
      const signature = node.ed25519Signer(key)(message);
      assert.deepEqual(nobleProvider.ed25519PublicKey(key), publicKey);
      assert.deepEqual(nobleProvider.ed25519Signer(key)(message), signature);
      assert.ok(nobleProvider.ed25519Verify(publicKey, message, signature));
      assert.ok(node.ed25519Verify(publicKey, message, signature));
    }),
    { numRuns: 25 },
  );
});
