// A shelf of proofs: takes each answer's proof file from the gateway once it is anchored on TON, and verifies it from the
// file alone. Verifying needs no network: the files may lie here for years, and be given to anybody.
//
//   node examples/proofs.js [GATEWAY] [FOLDER]

import { simulatedProfile } from "@cocoon/devnet/vendor";
import { publicProfiles } from "@cocoon/protocol";
import { parseProofFile, verifyProofFile } from "@cocoon/sdk";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";

const [, , gateway = "http://127.0.0.1:10000/v1", folder = "proofs"] = process.argv;
mkdirSync(folder, { recursive: true });

const { data: receipts } = await (await fetch(`${gateway}/receipts?limit=3`)).json();
for (const { id } of receipts) writeFileSync(join(folder, `${id}.json`), await anchoredProof(id));

// On a devnet anybody can vouch for a worker. Leave the simulated vendor out to believe real hardware alone.
const profiles = [...publicProfiles, simulatedProfile];
for (const name of readdirSync(folder)) {
  const file = parseProofFile(readFileSync(join(folder, name), "utf8"));
  const { holds, state, checks, facts } = await verifyProofFile(file, {
    profiles,
    nowMs: Date.now(),
  });
  console.log(name, holds ? "holds" : "DOES NOT HOLD", state, `${facts?.amountNanotons} nanotons`);
  for (const { status, title } of checks) if (status === "fails") console.log("  fails:", title);
}

/** An answer is anchored some seconds after it was given. */
async function anchoredProof(id) {
  for (;;) {
    const response = await fetch(`${gateway}/receipts/${id}?state=anchored`);
    const text = await response.text();
    if (response.ok) return text;
    if (JSON.parse(text).error.code !== "receipt_pending") throw new Error(text);
    await wait(500);
  }
}
