// HPKE against published vectors, both sides: the ephemeral bytes are theirs.

import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { fromHex, toHex } from "../bytes/index.ts";
import { KeySchedule } from "./hpke.ts";
import { dhkemX25519, type Kem, mlKem768X25519 } from "./kem.ts";

type KemVector = {
  readonly ikmR: string;
  readonly pkRm: string;
  /** What encapsulate() takes as random. */
  readonly ephemeral: string;
  readonly enc: string;
  readonly shared_secret: string;
};

const bytesOf = (hex: string): Uint8Array => {
  const bytes = fromHex(hex);
  assert.ok(bytes !== undefined);
  return bytes;
};

function checkKem(kem: Kem, vector: KemVector): void {
  const recipient = kem.derive(bytesOf(vector.ikmR));
  assert.equal(toHex(recipient.publicKey), vector.pkRm);
  const sent = kem.encapsulate(bytesOf(vector.pkRm), bytesOf(vector.ephemeral));
  assert.ok(sent !== undefined);
  assert.equal(toHex(sent.enc), vector.enc);
  assert.equal(toHex(sent.sharedSecret), vector.shared_secret);
  const received = recipient.decapsulate(bytesOf(vector.enc));
  assert.equal(toHex(received ?? new Uint8Array()), vector.shared_secret);
}

test("dhkemX25519 gives RFC 9180 appendix A.1.1", () => {
  checkKem(dhkemX25519, {
    ikmR: "6db9df30aa07dd42ee5e8181afdb977e538f5e1fec8a06223f33f7013e525037",
    pkRm: "3948cfe0ad1ddb695d780e59077195da6c56506b027329794ab02bca80815c4d",
    ephemeral: "52c4a758a802cd8b936eceea314432798d5baf2d7e9235dc084ab1b9cfa2f736",
    enc: "37fda3567bdbd628e88668c3c8d7e97d1d1253b6d4ea6d44c150f741f1bf4431",
    shared_secret: "fe0e18c9f024ce43799ae393c7e8fe8fce9d218875e8227b0187c04e7d2ea1fc",
  });
});

test("dhkemX25519 and KeySchedule open the CFRG vector of suite 1 (HKDF-SHA256, AES-256-GCM)", () => {
  const recipient = dhkemX25519.derive(
    bytesOf("dac33b0e9db1b59dbbea58d59a14e7b5896e9bdf98fad6891e99d1686492b9ee"),
  );
  assert.equal(
    toHex(recipient.publicKey),
    "430f4b9859665145a6b1ba274024487bd66f03a2dd577d7753c68d7d7d00c00c",
  );
  const secret = recipient.decapsulate(
    bytesOf("6c93e09869df3402d7bf231bf540fadd35cd56be14f97178f0954db94b7fc256"),
  );
  assert.ok(secret !== undefined);
  const info = bytesOf("4f6465206f6e2061204772656369616e2055726e");
  const context = new KeySchedule(dhkemX25519.id).context(secret, info);
  const aad = bytesOf("436f756e742d30");
  const plaintext = bytesOf("4265617574792069732074727574682c20747275746820626561757479");
  const ciphertext =
    "e5d84cd531cfb583096e7cfa9641bd3079cf3a91cda813c52deb5f512be9931980a41de125a925cdad859d5b7a";
  assert.deepEqual(context.open(bytesOf(ciphertext), aad), plaintext);
  assert.equal(toHex(context.seal(plaintext, aad)), ciphertext);
});

const hybridFile = new URL(
  "../../../../../shared/vectors/hpke-mlkem768-x25519.json",
  import.meta.url,
);
const isAbsent = !existsSync(hybridFile) && "shared/vectors is not beside this repository";

test("mlKem768X25519 gives the vectors of MLKEM768-X25519 (0x647a)", { skip: isAbsent }, () => {
  type HybridVector = Omit<KemVector, "ephemeral"> & { readonly ikmE: string };
  // oxlint-disable-next-line no-unsafe-type-assertion -- a recorded file
  const vectors = JSON.parse(readFileSync(hybridFile, "utf8")) as readonly HybridVector[];
  assert.ok(vectors.length > 0);
  for (const { ikmE, ...vector } of vectors) {
    checkKem(mlKem768X25519, { ...vector, ephemeral: ikmE });
  }
});

for (const [name, kem] of Object.entries({ dhkemX25519, mlKem768X25519 })) {
  test(`${name} refuses an X25519 key and an encapsulation of small order`, () => {
    const { publicKey, decapsulate } = kem.derive(new Uint8Array(32).fill(5));
    const ephemeral = new Uint8Array(kem.ephemeralBytes).fill(6);
    const enc = kem.encapsulate(publicKey, ephemeral)?.enc;
    assert.ok(enc !== undefined && decapsulate(enc) !== undefined);
    for (const byte of [0, 1]) {
      const weaken = (bytes: Uint8Array): Uint8Array => {
        const weak = Uint8Array.from(bytes).fill(0, -32);
        weak[weak.length - 32] = byte;
        return weak;
      };
      assert.equal(kem.encapsulate(weaken(publicKey), ephemeral), undefined);
      assert.equal(decapsulate(weaken(enc)), undefined);
    }
  });
}

test("mlKem768X25519 refuses a key with a coefficient that is not reduced", () => {
  const { publicKey } = mlKem768X25519.derive(new Uint8Array(32).fill(5));
  const altered = Uint8Array.from(publicKey);
  altered.fill(0xff, 0, 3);
  assert.equal(mlKem768X25519.encapsulate(altered, new Uint8Array(64)), undefined);
});
