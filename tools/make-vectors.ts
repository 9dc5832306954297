// Writes the JSON vectors that this project owns. Run by hand when a layout changes, then read the difference:
// node --import tsx --conditions=source tools/make-vectors.ts

import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { bondedWorkerVectors } from "./vectors/bonded-worker.ts";
import { helloVectors } from "./vectors/hello.ts";
import { receiptVectors } from "./vectors/receipt.ts";
import { checkpointVectors, promiseVectors } from "./vectors/tlog.ts";
import { recipientVectors } from "./vectors/recipients.ts";
import { sealingVectors } from "./vectors/sealing.ts";
import { priceVectors, voucherVectors } from "./vectors/voucher.ts";

const files: Readonly<Record<string, object>> = {
  "hello.json": helloVectors(),
  "price.json": priceVectors(),
  "voucher.json": voucherVectors(),
  "receipt.json": receiptVectors(),
  "bonded-worker.json": bondedWorkerVectors(),
  "recipients.json": await recipientVectors(),
  "sealing.json": await sealingVectors(),
  "checkpoint.json": checkpointVectors(),
  "promise.json": promiseVectors(),
};

for (const [name, vectors] of Object.entries(files)) {
  const path = fileURLToPath(new URL(`../vectors/${name}`, import.meta.url));
  writeFileSync(path, `${JSON.stringify(vectors, undefined, 2)}\n`);
}
