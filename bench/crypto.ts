// What one answer costs in cryptography, operation by operation, beside the primitives that it consists of.

import {
  createSigningKey,
  mlKem768,
  nanotons,
  openRequest,
  signReceipt,
  signVoucher,
  type SuiteId,
  verifyReceipt,
  verifyVoucher,
} from "@cocoon/protocol";
import { generateKeyPairSync } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import type { Benchmark } from "./harness/benchmark.ts";
import type { Comparison } from "./harness/figure.ts";
import { compareOperation, type Operation } from "./harness/operation.ts";
import {
  createRawRecipient,
  createRawSigner,
  gcmSealed,
  rawOpen,
  rawSeal,
  sha256,
} from "./raw-crypto.ts";
import {
  createSampleWorker,
  sampleBody,
  sampleChannel,
  sampleNetworkId,
  sampleNowMs,
  sampleReceipt,
  sealSample,
} from "./sample-request.ts";

const signingBar = { atMost: 1.3 };
const sealingBar = { atMost: 2 };

export const cryptoBenchmark: Benchmark = {
  name: "crypto",
  title: "Cryptography: each operation beside its primitives",
  run: async ({ effort }) => {
    const comparisons: Comparison[] = [];
    // ML-KEM is plain JavaScript until its WebAssembly is compiled.
    await setTimeout(500);
    const operations = [
      ...receipts(),
      ...vouchers(),
      ...(await sealing(1, "X25519")),
      ...(await sealing(2, "MLKEM768-X25519")),
    ];
    for (const operation of operations) {
      comparisons.push(await compareOperation(operation, effort));
    }
    return {
      comparisons,
      facts: [],
      notes: [
        "Primitives: node:crypto with imported keys; ML-KEM-768 of libsodium as WebAssembly.",
        `Sealing and opening: one recipient, a body of ${sampleBody.length} bytes; opening includes all checks of the request.`,
      ],
    };
  },
};

function receipts(): Operation[] {
  const key = createSigningKey(new Uint8Array(32).fill(2));
  const signed = signReceipt(key, sampleReceipt);
  const raw = createRawSigner();
  const body = new Uint8Array(321);
  const message = new Uint8Array(49);
  const signature = raw.sign(message);
  return [
    {
      name: "sign a receipt",
      ours: () => signReceipt(key, sampleReceipt),
      yardstickName: "SHA-256 of 321 bytes, Ed25519 signature",
      yardstick: () => [sha256(body), raw.sign(message)],
      bar: signingBar,
    },
    {
      name: "verify a receipt",
      ours: () => verifyReceipt(signed, key.publicKey),
      yardstickName: "SHA-256 of 321 bytes, Ed25519 verification",
      yardstick: () => [sha256(body), raw.verify(message, signature)],
      bar: signingBar,
    },
  ];
}

function vouchers(): Operation[] {
  const key = createSigningKey(new Uint8Array(32).fill(3));
  const amount = nanotons(123_456_789n);
  const voucher = signVoucher(key, sampleNetworkId, sampleChannel, amount);
  const raw = createRawSigner();
  const cell = new Uint8Array(59);
  const digest = sha256(cell);
  const signature = raw.sign(digest);
  return [
    {
      name: "sign a voucher",
      ours: () => signVoucher(key, sampleNetworkId, sampleChannel, amount),
      yardstickName: "SHA-256 of 59 bytes, Ed25519 signature",
      yardstick: () => [sha256(cell), raw.sign(digest)],
      bar: signingBar,
    },
    {
      name: "verify a voucher",
      ours: () => verifyVoucher(key.publicKey, sampleNetworkId, voucher),
      yardstickName: "SHA-256 of 59 bytes, Ed25519 verification",
      yardstick: () => [sha256(cell), raw.verify(digest, signature)],
      bar: signingBar,
    },
  ];
}

async function sealing(suite: SuiteId, name: string): Promise<Operation[]> {
  const worker = await createSampleWorker(suite);
  const { wire } = await sealSample(worker);
  const raw = createRawRecipient(suite === 2);
  const enc = {
    x25519: generateKeyPairSync("x25519").publicKey,
    mlKem:
      raw.mlKem === undefined
        ? new Uint8Array()
        : mlKem768.encapsulate(raw.mlKem.publicKey, new Uint8Array(32)).cipherText,
  };
  const wrappedKey = gcmSealed(new Uint8Array(32));
  const sealedBody = gcmSealed(sampleBody);
  const primitives = suite === 1 ? "X25519" : "X25519, ML-KEM-768";
  const open = (): unknown =>
    openRequest(wire, worker.keyring, { nowMs: sampleNowMs, executed: worker.executed() });
  return [
    {
      name: `seal a request, ${name}`,
      ours: () => sealSample(worker),
      yardstickName: `${primitives}, HKDF, AES-GCM, SHA-256`,
      yardstick: () => rawSeal(raw, sampleBody),
      bar: sealingBar,
    },
    {
      name: `open a request, ${name}`,
      ours: open,
      yardstickName: `${primitives}, HKDF, AES-GCM, SHA-256`,
      yardstick: () => rawOpen(raw, enc, wrappedKey, sealedBody),
      bar: sealingBar,
    },
  ];
}
