// Verifying a worker's evidence, beside the signature checks that it cannot do without.

import {
  type Claims,
  createEvidenceCache,
  noHash,
  type Policy,
  verifyBundle,
  type VerifyOptions,
  workerIdOf,
} from "@cocoon/protocol";
import {
  createSimulatedBundle,
  createSimulatedVendor,
  simulatedEvaluationNumber,
  simulatedImageHash,
  simulatedProfile,
  simulatedTeeType,
} from "@cocoon/devnet";
import type { Benchmark } from "./harness/benchmark.ts";
import { compareOperation } from "./harness/operation.ts";
import { sampleNetworkId, sampleNowMs } from "./sample-request.ts";

const measurement = "worker-1";
const manifestHash = "d4".repeat(32);
const identityKey = new Uint8Array(32).fill(7);

const claims: Claims = {
  simulated: true,
  role: "worker",
  networkId: sampleNetworkId,
  rootAddress: `0:${"a1".repeat(32)}`,
  workerId: workerIdOf(identityKey),
  identityKey,
  payout: `0:${"b2".repeat(32)}`,
  bootNonce: new Uint8Array(16).fill(9),
  notBeforeMs: sampleNowMs - 60_000,
  notAfterMs: sampleNowMs + 3_600_000,
  anchorSeqno: 5,
  anchorRootHash: "c3".repeat(32),
  manifestHash,
  engineHash: "e5".repeat(32),
  gpuEvidenceHash: noHash,
};

const policy: Policy = {
  networkId: claims.networkId,
  rootAddress: claims.rootAddress,
  readAtMs: sampleNowMs - 1_000,
  ageMaxMs: 60_000,
  measurements: new Map([
    [simulatedImageHash(measurement), { teeType: simulatedTeeType, role: "worker" }],
  ]),
  models: new Map([[manifestHash, { name: "tiny", contextTokens: 2_048 }]]),
  tcbEvaluationFloor: simulatedEvaluationNumber,
};

const verifyOptions: VerifyOptions = {
  policy,
  profiles: [simulatedProfile],
  nowMs: sampleNowMs,
  expect: { tier: "dev", workerId: claims.workerId, manifestHash },
};

export const evidenceBenchmark: Benchmark = {
  name: "evidence",
  title: "Evidence: verifying what a worker proves about itself",
  run: async ({ effort }) => {
    const vendor = await createSimulatedVendor({ nowMs: () => sampleNowMs });
    const bundle = await createSimulatedBundle(vendor, { claims, measurement });
    const checks = await recordSignatureChecks(() => verifyBundle(bundle, verifyOptions));
    const cache = createEvidenceCache({ sizeMax: 16 });
    await cache.verify(bundle, verifyOptions);
    const cold = await compareOperation(
      {
        name: "verify an evidence bundle never seen (TDX, simulated vendor)",
        ours: () => verifyBundle(bundle, verifyOptions),
        yardstickName: `its ${checks.length} ECDSA verifications, WebCrypto`,
        yardstick: async () => {
          for (const check of checks) await check();
        },
        bar: { atMost: 2 },
      },
      effort,
    );
    const warm = await compareOperation(
      {
        name: "verify an evidence bundle seen before",
        ours: () => cache.verify(bundle, verifyOptions),
        yardstickName: "SHA-256 of the claims, WebCrypto",
        yardstick: () => crypto.subtle.digest("SHA-256", new Uint8Array(512)),
      },
      effort,
    );
    return { comparisons: [cold, warm], facts: [], notes: [] };
  },
};

type VerifyArguments = Parameters<SubtleCrypto["verify"]>;
type ImportArguments = ["raw", Uint8Array<ArrayBuffer>, EcKeyImportParams, boolean, KeyUsage[]];

/** What the verifier asks of WebCrypto, so that just this can be done again. */
async function recordSignatureChecks(
  verifyOnce: () => Promise<unknown>,
): Promise<(() => Promise<boolean>)[]> {
  const { subtle } = crypto;
  const importKey = subtle.importKey.bind(subtle);
  const verify = subtle.verify.bind(subtle);
  const imports = new Map<CryptoKey, ImportArguments>();
  const checks: (() => Promise<boolean>)[] = [];
  subtle.importKey = async (...args: unknown[]) => {
    // oxlint-disable-next-line no-unsafe-type-assertion -- the only form that attestation uses for ECDSA
    const importArguments = args as unknown as ImportArguments;
    const key = await importKey(...importArguments);
    imports.set(key, importArguments);
    return key;
  };
  subtle.verify = async (...args: VerifyArguments) => {
    const [how, key, ...rest] = args;
    const imported = imports.get(key);
    if (imported === undefined) throw new RangeError("a key of unknown origin");
    checks.push(async () => verify(how, await importKey(...imported), ...rest));
    return await verify(...args);
  };
  try {
    await verifyOnce();
  } finally {
    Reflect.deleteProperty(subtle, "importKey");
    Reflect.deleteProperty(subtle, "verify");
  }
  return checks;
}
