// A whole client in a page: what the SDK's openPageClient() does in a real browser, on a real network.

import { simulatedProfile } from "@cocoon/devnet";
import { parseProofFile, verifyProofFile } from "@cocoon/sdk";
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, suite, test } from "node:test";
import { type Cable, layCable } from "../network/cable.ts";
import { createNetwork, type Network } from "../network/harness.ts";
import { filesUnder, recordConnections } from "../network/recording.ts";
import { ValvedEngine } from "../network/valve.ts";
import { Seen } from "../clients/columns.ts";
import { noChromium } from "./chromium.ts";
import type { Tried } from "./client-page.ts";
import { openPage } from "./served-page.ts";

const asksAll = process.env["COCOON_PAGE_CLIENTS"] === "1";
/** Of what tests/clients asks of a package: one of each kind. COCOON_PAGE_CLIENTS=1 asks for all, in a minute or two. */
const features = asksAll
  ? null
  : [
      "models",
      "chat, streamed, with usage",
      "tools: a call, its result, an answer",
      "abort",
      "responses, streamed",
      "receipt, tier and cost with each result",
      "errors",
    ];

/** What the page says when it is done: client-page.ts. */
type Told = {
  readonly secret: string;
  readonly tried: readonly Tried[];
  readonly proof: string;
  readonly custody: string;
  readonly tabs: { readonly channels: readonly string[] };
  readonly failover: {
    readonly told: string;
    readonly undisturbed: string;
    readonly bonds: readonly string[];
  };
};

suite("a client in a page", { skip: noChromium }, () => {
  let network: Network;
  let cable: Cable;
  let engine: ValvedEngine;
  let told: Told;
  /** All that was outside of the page and the worker: on wires, in logs and files, the browser's own among them. */
  const outside: string[] = [];

  before(async () => {
    network = await createNetwork();
    const first = await network.startProxy({ logPort: 0 });
    const second = await network.startProxy({ logPort: 0 }, { name: "proxy-2" });
    await network.startWorker("worker-1", {
      engine: (real) => (engine = new ValvedEngine(real)),
    });
    cable = await layCable(first.logPort ?? 0);
    const recording = recordConnections();
    told = await openPage<Told>({
      module: "client-page.ts",
      answers: {
        "/network": () => describe([cable.port, second.logPort ?? 0]),
        "/profiles": () => [simulatedProfile],
        "/features": () => features,
        // An engine that nobody disturbs says all of it in a few pieces.
        "/hold": () => engine.hold(1),
        "/cut": () => {
          cable.cut();
          engine.release();
        },
      },
      inspect: (profile) => {
        // Some of what lies there are links to nowhere.
        const entries = readdirSync(profile, { recursive: true, withFileTypes: true });
        for (const entry of entries.filter((one) => one.isFile())) {
          outside.push(readFileSync(join(entry.parentPath, entry.name), "latin1"));
        }
      },
    });
    recording.stop();
    outside.push(recording.pieces.map((piece) => Buffer.from(piece).toString("latin1")).join(""));
    for (const path of filesUnder(network.home)) outside.push(readFileSync(path, "latin1"));
    outside.push(...network.log);
  });

  after(async () => {
    await cable.close();
    await network.stop();
  });

  const describe = (ports: readonly number[]): object => {
    const { networkId, endpoints, root } = network.config;
    const proxies = network.config.proxies.map(({ bond }, index) => {
      return { bond, url: `http://127.0.0.1:${ports[index]}` };
    });
    return { networkId, endpoints, root, proxies };
  };

  test("does for unmodified packages what a gateway does, and keeps its books", () => {
    assert.deepEqual(
      told.tried.filter(({ failure }) => failure !== undefined),
      [],
    );
  });

  test("docs/compatibility.md says what was seen in the page", () => {
    const seen = new Seen();
    const asked = told.tried.filter(({ client }) => client !== "");
    for (const { client, feature, how } of asked) seen.record(client, feature, how);
    if (!asksAll) seen.assertWithin("page");
    else if (process.env["COCOON_WRITE_COMPATIBILITY"] === "1") seen.write("page");
    else seen.assertIs("page");
  });

  test("proves its answers up to the anchor, with a key that no script can read", async () => {
    const { checks, holds } = await verifyProofFile(parseProofFile(told.proof), {
      profiles: [simulatedProfile],
      nowMs: Date.now(),
      chain: network.chain,
    });
    assert.ok(holds, JSON.stringify(checks));
    assert.equal(told.custody, "browser");
  });

  test("nothing outside of the page and the worker holds what was said", () => {
    assert.ok(outside.join("").length > 100_000);
    for (const text of outside) assert.ok(!text.includes(told.secret));
  });

  test("each tab pays from a channel of its own, which the next one takes over", () => {
    const [mine, beside, next] = told.tabs.channels;
    assert.notEqual(mine, beside);
    assert.equal(next, beside);
  });

  test("a stream goes on at the second proxy when the first is gone", () => {
    const { bonds, told: words, undisturbed } = told.failover;
    assert.equal(words, undisturbed);
    assert.notEqual(bonds[0], bonds[1]);
    assert.deepEqual(
      bonds,
      network.config.proxies.map(({ bond }) => bond),
    );
  });
});
