// A network whose log is watched: proofs carry a witness's word that everybody was shown one log.

import { createSigningKey, toHex } from "@cocoon/protocol";
import { parseProofFile, type ProofFile, verifyProofFile } from "@cocoon/sdk";
import { simulatedProfile } from "@cocoon/devnet";
import { createLogger, createLogKeys, type RunningWitness, runWitness } from "@cocoon/services";
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, suite, test } from "node:test";
import { baseOf, get, goodRequest, post, refusalIn } from "./ask.ts";
import { createNetwork, type Network, waitFor } from "./harness.ts";

type Listed = { readonly state: string; readonly witnesses?: object };

const name = "witness.example/w1";
const stranger = createSigningKey(new Uint8Array(32).fill(0x77)).publicKey;

suite("a log with a witness, and one that does not answer", () => {
  let network: Network;
  let witness: RunningWitness;
  let gateway: { readonly port: number };

  before(async () => {
    network = await createNetwork();
    const { networkId } = network.config;
    witness = await runWitness(
      { home: join(network.home, "witness"), networkId, host: "127.0.0.1", port: 0, name },
      {
        logKeyOf: createLogKeys({ networkId, chain: network.chain, now: Date.now }),
        logger: createLogger({ role: "witness", level: "silent" }),
        now: Date.now,
      },
    );
    await network.startProxy({
      witnesses: [
        {
          name,
          publicKey: toHex(witness.publicKey),
          url: `http://127.0.0.1:${witness.port}`,
        },
        { name: "away.example", publicKey: toHex(stranger), url: "http://127.0.0.1:1" },
      ],
    });
    await network.startWorker("worker-1");
    gateway = await network.startGateway();
  });
  after(async () => {
    await network.stop();
    await witness.close();
  });

  test("gives each answer an anchored proof that the witness cosigned", async () => {
    // On a busy machine the witness may have been too late for a checkpoint, and is not for the next.
    const file = await waitFor("a cosigned proof is anchored", async () => {
      const anchored = await nextProof();
      return anchored.log.proof?.checkpoint.includes(name) === true && anchored;
    });
    const keys = [
      { name, publicKey: witness.publicKey },
      { name: "away.example", publicKey: stranger },
    ];
    const verdictOf = (threshold: number) =>
      verifyProofFile(file, {
        profiles: [simulatedProfile],
        nowMs: Date.now(),
        chain: network.chain,
        witnesses: { keys, threshold },
      });
    const one = await verdictOf(1);
    assert.ok(one.checks.every(({ status }) => status === "holds"));
    assert.match(one.checks.find(({ id: of }) => of === "witnesses")?.detail ?? "", /w1/);
    const two = await verdictOf(2);
    assert.equal(two.holds, false);
    const failing = two.checks.filter(({ status }) => status === "fails");
    assert.deepEqual(
      failing.map(({ code, id: of }) => [of, code]),
      [["witnesses", "cosignatures_missing"]],
    );
  });

  /** Of an answer that is asked for now, once it is anchored. */
  async function nextProof(): Promise<ProofFile> {
    const response = await post(gateway, goodRequest);
    assert.equal(response.status, 200);
    await response.text();
    const id = response.headers.get("x-cocoon-receipt") ?? "";
    const text = await waitFor("the proof is anchored", async () => {
      const { body, headers } = await proofOf(id);
      return headers.get("x-cocoon-receipt-state") === "anchored" ? body : undefined;
    });
    return parseProofFile(text);
  }

  test("is included for a gateway only once as many cosigned as it asks for", async () => {
    const known = { name, publicKey: toHex(witness.publicKey) };
    const away = { name: "away.example", publicKey: toHex(stranger) };
    const demanding = await network.startGateway(
      { witnesses: { keys: [known, away], threshold: 2 } },
      { name: "demanding" },
    );
    const modest = await network.startGateway(
      { witnesses: { keys: [known, away], threshold: 1 } },
      { name: "modest" },
    );
    const idOf = async (of: { readonly port: number }): Promise<string> => {
      const response = await post(of, goodRequest);
      await response.text();
      return response.headers.get("x-cocoon-receipt") ?? "";
    };
    const waiting = await idOf(demanding);
    const id = await idOf(modest);
    const isAnchored = async (): Promise<boolean> =>
      (await fetch(`${baseOf(modest)}/v1/receipts/${id}?state=anchored`)).ok;
    await waitFor("the proof with one witness is anchored", isAnchored);

    const proof = (query: string): Promise<Response> =>
      fetch(`${baseOf(demanding)}/v1/receipts/${waiting}${query}`);
    await waitFor("one of two was counted, on a checkpoint that is there", async () => {
      return (await proof("")).headers.get("x-cocoon-witnesses") === "1 of 2";
    });
    assert.equal((await proof("?state=signed")).headers.get("x-cocoon-receipt-state"), "signed");
    for (const state of ["included", "anchored"]) {
      assert.equal((await refusalIn(await proof(`?state=${state}`))).code, "cosignatures_missing");
    }
    const refusal = await refusalIn(await proof("?state=sealed"));
    assert.deepEqual([refusal.code, refusal.param], ["request_malformed", "state"]);
    const { data } = await get<{ data: readonly Listed[] }>(demanding, "/v1/receipts");
    assert.deepEqual(
      data.map(({ state, witnesses }) => ({ state, witnesses })),
      [{ state: "signed", witnesses: { cosigned: 1, threshold: 2 } }],
    );
  });

  async function proofOf(id: string): Promise<{ body: string; headers: Headers }> {
    const response = await fetch(`${baseOf(gateway)}/v1/receipts/${id}`);
    return { body: await response.text(), headers: response.headers };
  }
});
