// Every test of attestation, unmodified, as one page runs them. What needs Node's own X.509 or the other verifier is left out.

import "../../packages/protocol/src/der/reader.test.ts";
import "../../packages/protocol/src/der/writer.test.ts";
import "../../packages/protocol/src/attestation/amd-samples.test.ts";
import "../../packages/protocol/src/attestation/bundle.test.ts";
import "../../packages/protocol/src/attestation/claims.test.ts";
import "../../packages/protocol/src/attestation/gpu-evidence.test.ts";
import "../../packages/protocol/src/attestation/gpu-measurements.test.ts";
import "../../packages/protocol/src/attestation/gpu-report.test.ts";
import "../../packages/protocol/src/attestation/intel-samples.test.ts";
import "../../packages/protocol/src/attestation/nvidia-samples.test.ts";
import "../../packages/protocol/src/attestation/profile.test.ts";
import "../../packages/protocol/src/attestation/recorded-mutations.test.ts";
import "../../packages/protocol/src/attestation/rsa-pss.test.ts";
import "../../packages/protocol/src/attestation/sev-certificate.test.ts";
import "../../packages/devnet/src/vendor/every-tee.test.ts";
import "../../packages/devnet/src/vendor/evidence.test.ts";
import "../../packages/devnet/src/vendor/evidence-cache.test.ts";
import "../../packages/devnet/src/vendor/evidence-mutation.test.ts";
import "../../packages/devnet/src/vendor/evidence-vectors.test.ts";
import "../../packages/devnet/src/vendor/gpu-evidence.test.ts";
import "../../packages/devnet/src/vendor/odd-chains.test.ts";
import "../../packages/devnet/src/vendor/sev-evidence.test.ts";
import "../../packages/devnet/src/vendor/vendor.test.ts";
import { runCollected } from "./node-test.ts";

const outcomes = await runCollected();
await fetch("/outcomes", { method: "POST", body: JSON.stringify(outcomes) });
