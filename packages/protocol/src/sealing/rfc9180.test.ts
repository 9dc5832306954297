// The HPKE library against published vectors, on the recipient's side: it chooses its own ephemeral keys.

import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { test } from "node:test";
import * as noble from "@panva/hpke-noble";
import * as hpke from "hpke";
import { fromHex, toHex } from "../bytes/index.ts";

type Vector = {
  readonly kdf_id: number;
  readonly aead_id: number;
  readonly info: string;
  readonly ikmR: string;
  readonly skRm: string;
  readonly pkRm: string;
  readonly enc: string;
  readonly encryptions: readonly {
    readonly aad: string;
    readonly ct: string;
    readonly pt: string;
  }[];
  readonly exports: readonly {
    readonly exporter_context: string;
    readonly L: number;
    readonly exported_value: string;
  }[];
};

const bytesOf = (hex: string): Uint8Array => {
  const bytes = fromHex(hex);
  assert.ok(bytes !== undefined);
  return bytes;
};
const kdfs = new Map([
  [1, noble.KDF_HKDF_SHA256],
  [17, noble.KDF_SHAKE256],
]);
const aeads = new Map([
  [1, noble.AEAD_AES_128_GCM],
  [2, noble.AEAD_AES_256_GCM],
  [3, noble.AEAD_ChaCha20Poly1305],
]);

async function check(kem: hpke.KEMFactory, vector: Vector): Promise<void> {
  const kdf = kdfs.get(vector.kdf_id);
  const aead = aeads.get(vector.aead_id);
  assert.ok(kdf !== undefined && aead !== undefined);
  const suite = new hpke.CipherSuite(kem, kdf, aead);
  const derived = await suite.DeriveKeyPair(bytesOf(vector.ikmR), true);
  assert.equal(toHex(await suite.SerializePrivateKey(derived.privateKey)), vector.skRm);
  assert.equal(toHex(await suite.SerializePublicKey(derived.publicKey)), vector.pkRm);

  const privateKey = await suite.DeserializePrivateKey(bytesOf(vector.skRm));
  const options = { info: bytesOf(vector.info) };
  const context = await suite.SetupRecipient(privateKey, bytesOf(vector.enc), options);
  for (const { aad, ct, pt } of vector.encryptions) {
    assert.equal(toHex(await context.Open(bytesOf(ct), bytesOf(aad))), pt);
  }
  for (const { exporter_context: label, L: size, exported_value: value } of vector.exports) {
    assert.equal(toHex(await context.Export(bytesOf(label), size)), value);
  }
}

const urn = "4f6465206f6e2061204772656369616e2055726e";
const keats = "4265617574792069732074727574682c20747275746820626561757479";

test("hpke opens and exports RFC 9180 appendix A.1.1 (X25519, HKDF-SHA256, AES-128-GCM)", async () => {
  await check(noble.KEM_DHKEM_X25519_HKDF_SHA256, {
    kdf_id: 1,
    aead_id: 1,
    info: urn,
    ikmR: "6db9df30aa07dd42ee5e8181afdb977e538f5e1fec8a06223f33f7013e525037",
    skRm: "4612c550263fc8ad58375df3f557aac531d26850903e55a9f23f21d8534e8ac8",
    pkRm: "3948cfe0ad1ddb695d780e59077195da6c56506b027329794ab02bca80815c4d",
    enc: "37fda3567bdbd628e88668c3c8d7e97d1d1253b6d4ea6d44c150f741f1bf4431",
    encryptions: [
      {
        aad: "436f756e742d30",
        ct: "f938558b5d72f1a23810b4be2ab4f84331acc02fc97babc53a52ae8218a355a96d8770ac83d07bea87e13c512a",
        pt: keats,
      },
      {
        aad: "436f756e742d31",
        ct: "af2d7e9ac9ae7e270f46ba1f975be53c09f8d875bdc8535458c2494e8a6eab251c03d0c22a56b8ca42c2063b84",
        pt: keats,
      },
    ],
    exports: [
      {
        exporter_context: "",
        L: 32,
        exported_value: "3853fe2b4035195a573ffc53856e77058e15d9ea064de3e59f4961d0095250ee",
      },
      {
        exporter_context: "00",
        L: 32,
        exported_value: "2e8f0b54673c7029649d4eb9d5e33bf1872cf76d623ff164ac185da9e88c21a5",
      },
      {
        exporter_context: "54657374436f6e74657874",
        L: 32,
        exported_value: "e9e43065102c3836401bed8c3c3c75ae46be1639869391d62c61f1ec7af54931",
      },
    ],
  });
});

test("hpke opens the CFRG vector of suite 1 (X25519, HKDF-SHA256, AES-256-GCM)", async () => {
  await check(noble.KEM_DHKEM_X25519_HKDF_SHA256, {
    kdf_id: 1,
    aead_id: 2,
    info: urn,
    ikmR: "dac33b0e9db1b59dbbea58d59a14e7b5896e9bdf98fad6891e99d1686492b9ee",
    skRm: "497b4502664cfea5d5af0b39934dac72242a74f8480451e1aee7d6a53320333d",
    pkRm: "430f4b9859665145a6b1ba274024487bd66f03a2dd577d7753c68d7d7d00c00c",
    enc: "6c93e09869df3402d7bf231bf540fadd35cd56be14f97178f0954db94b7fc256",
    encryptions: [
      {
        aad: "436f756e742d30",
        ct: "e5d84cd531cfb583096e7cfa9641bd3079cf3a91cda813c52deb5f512be9931980a41de125a925cdad859d5b7a",
        pt: keats,
      },
      {
        aad: "436f756e742d31",
        ct: "2c43aff25343fdbff864506f0818b9d87df84ea01b1a2144d23b4d40c26bf655fdf197fe40297a8aebeed5cc2d",
        pt: keats,
      },
    ],
    exports: [],
  });
});

const hybridFile = new URL(
  "../../../../../shared/vectors/hpke-mlkem768-x25519.json",
  import.meta.url,
);
const isAbsent = !existsSync(hybridFile) && "shared/vectors is not beside this repository";

test(
  "hpke opens and exports the vectors of MLKEM768-X25519 (0x647a)",
  { skip: isAbsent },
  async () => {
    // oxlint-disable-next-line no-unsafe-type-assertion -- a recorded file
    const vectors = JSON.parse(readFileSync(hybridFile, "utf8")) as readonly Vector[];
    assert.ok(vectors.length > 0);
    for (const vector of vectors) await check(noble.KEM_MLKEM768_X25519, vector);
  },
);
