// The worker's collateral client against servers that do as Intel's and AMD's do: what it asks, keeps and prefers.

import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { suite, test } from "node:test";
import { createSimulatedSevVendor } from "@cocoon/devnet";
import {
  hardwareProfiles,
  identifyQuote,
  normalizeTdxCollateral,
  openCollateral,
} from "@cocoon/protocol";
import {
  dayMs,
  good,
  home,
  keep,
  networkId,
  nowMs,
  question,
  reportData,
  serve,
  simulatedProfiles,
  vendor,
} from "./collateral-rig.ts";
import { amdAnswers, derOf, editionsAnswer, intelAnswers, intelPath } from "./vendor-server.ts";

const hourMs = 3_600_000;

/** Puts other collateral behind a server that is there. */
function replace(server: { readonly answers: Map<string, unknown> }, text: string): void {
  for (const [path, answer] of intelAnswers(text)) server.answers.set(path, answer);
}

suite("the collateral client, of good sources", () => {
  test("asks Intel's paths once each, and gives what a bundle may carry", async () => {
    const server = await serve(intelAnswers(good));
    assert.equal(await keep([server]).keeper.collateral(question), good);
    assert.deepEqual(server.asked.toSorted(), [
      "/sgx/certification/v4/pckcrl?ca=platform&encoding=der",
      "/sgx/certification/v4/rootcacrl",
      "/tdx/certification/v4/qe/identity?update=standard",
      "/tdx/certification/v4/tcb?fmspc=c0c000000000&update=standard",
    ]);
  });

  test("keeps what it has for hours, over a restart too, and then asks again", async () => {
    const server = await serve(intelAnswers(good));
    const rig = keep([server], { folder: "kept" });
    await rig.keeper.collateral(question);
    await rig.keeper.collateral(question);
    const again = keep([server], { folder: "kept" });
    assert.equal(await again.keeper.collateral(question), good);
    assert.equal(server.asked.length, 4);
    const newer = await vendor.collateral({ expiresAtMs: nowMs + 31 * dayMs });
    replace(server, newer);
    again.clockMs += 4 * hourMs;
    assert.equal(await again.keeper.collateral(question), newer);
    assert.equal(server.asked.length, 8);
  });

  test("asks again when half of the time is over that its collateral is good for", async () => {
    const server = await serve(
      intelAnswers(await vendor.collateral({ expiresAtMs: nowMs + hourMs })),
    );
    const rig = keep([server]);
    await rig.keeper.collateral(question);
    rig.clockMs += hourMs / 2 - 1;
    await rig.keeper.collateral(question);
    assert.equal(server.asked.length, 4);
    rig.clockMs += 1;
    await rig.keeper.collateral(question);
    assert.equal(server.asked.length, 8);
  });

  test("goes on with what it has while no source answers, and no longer than that is good", async () => {
    const server = await serve(
      intelAnswers(await vendor.collateral({ expiresAtMs: nowMs + dayMs })),
    );
    const rig = keep([server]);
    const text = await rig.keeper.collateral(question);
    await server.close();
    rig.clockMs += dayMs;
    assert.equal(await rig.keeper.collateral(question), text);
    assert.deepEqual(
      rig.refused.map(({ code }) => code),
      ["collateral_unavailable"],
    );
    rig.clockMs += 1_000;
    await assert.rejects(rig.keeper.collateral(question), { code: "collateral_unavailable" });
  });

  test("does not believe its own disk", async () => {
    const server = await serve(intelAnswers(good));
    const folder = join(home, "spoiled");
    mkdirSync(folder, { recursive: true });
    await keep([server], { folder: "spoiled" }).keeper.collateral(question);
    const [name = ""] = readdirSync(folder);
    for (const content of [
      "",
      "x",
      `${nowMs}\n{}`,
      readFileSync(join(folder, name), "utf8").replace('"UpToDate', '"uptodate'),
    ]) {
      writeFileSync(join(folder, name), content);
      const asked = server.asked.length;
      assert.equal(await keep([server], { folder: "spoiled" }).keeper.collateral(question), good);
      assert.equal(server.asked.length, asked + 4);
    }
    rmSync(folder, { recursive: true });
    writeFileSync(folder, "a file where the folder should be");
    assert.equal(await keep([server], { folder: "spoiled" }).keeper.collateral(question), good);
  });
});

suite("the collateral client, of several editions", () => {
  test("takes the highest of all sources, and never goes back", async () => {
    const newer = await vendor.collateral({ evaluationNumber: 21 });
    const [one, other] = [await serve(intelAnswers(good)), await serve(intelAnswers(newer))];
    const rig = keep([one, other]);
    assert.equal(await rig.keeper.collateral(question), newer);
    rig.clockMs += 5 * hourMs;
    replace(other, good);
    assert.equal(await rig.keeper.collateral(question), newer);
  });

  test("asks for a newer edition than the standard one where the policy has a higher floor", async () => {
    const server = await serve(intelAnswers(good));
    const newer = intelAnswers(await vendor.collateral({ evaluationNumber: 22 }));
    for (const path of [intelPath.tcb, intelPath.qe]) {
      const [standard, next] = [server.answers.get(path), newer.get(path)];
      server.answers.set(path, (response, request) => {
        const isNext = request.url?.includes("tcbEvaluationDataNumber=22") === true;
        (isNext ? next : standard)?.(response, request);
      });
    }
    server.answers.set(intelPath.editions, editionsAnswer(24, 22, 20));
    const text = await keep([server]).keeper.collateral({ ...question, evaluationMin: 21 });
    const opened = await openCollateral(text, question.platform.profile, nowMs);
    assert.equal(opened.evaluationNumber, 22);
  });

  test("refuses what is below the floor: collateral_rollback", async () => {
    const server = await serve(intelAnswers(good));
    const wanted = { ...question, evaluationMin: 25 };
    server.answers.set(intelPath.editions, editionsAnswer(24, 22, 20));
    await assert.rejects(keep([server]).keeper.collateral(wanted), { code: "collateral_rollback" });
    // A source that says one thing and sends another.
    server.answers.set(intelPath.editions, editionsAnswer(25));
    await assert.rejects(keep([server]).keeper.collateral(wanted), { code: "collateral_rollback" });
  });
});

suite("the collateral client, of AMD", () => {
  for (const product of ["Genoa", "Turin"] as const) {
    test(`finds a ${product}'s key by its chip and its versions`, async () => {
      const sev = await createSimulatedSevVendor(product, { nowMs: () => nowMs });
      const collateral = await sev.collateral();
      const quote = await sev.quote({ measurement: "worker", reportData });
      const platform = identifyQuote("sev-snp", quote, { profiles: simulatedProfiles, networkId });
      const server = await serve(amdAnswers(collateral, "vcek", product));
      const asked = { platform, quote, evaluationMin: 20 };
      assert.equal(await keep([server]).keeper.collateral(asked), collateral);
      const vcek = server.asked.find((path) => path.includes("?"));
      const query = "blSPL=09&teeSPL=01&snpSPL=23&ucodeSPL=84";
      const fmc = product === "Turin" ? "&fmcSPL=00" : "";
      assert.equal(vcek, `/vcek/v1/${product}/${sev.platformId}?${query}${fmc}`);
      const stale = await sev.collateral({ expiresAtMs: nowMs - 1 });
      const late = await serve(amdAnswers(stale, "vcek", product));
      await assert.rejects(keep([late]).keeper.collateral(asked), { code: "crl_invalid" });
      const other = await createSimulatedSevVendor(product, { nowMs: () => nowMs });
      const wrong = await serve(amdAnswers(await other.collateral(), "vcek", product));
      await assert.rejects(keep([wrong]).keeper.collateral(asked), { code: "collateral_mismatch" });
    });
  }

  test("takes a VLEK from the host, and says so where the host gives none", async () => {
    const sev = await createSimulatedSevVendor("Genoa", { nowMs: () => nowMs });
    const collateral = await sev.collateral({ signer: "SEV-VLEK" });
    const quote = await sev.quote({ measurement: "worker", reportData, signer: "SEV-VLEK" });
    const platform = identifyQuote("sev-snp", quote, { profiles: simulatedProfiles, networkId });
    const server = await serve(amdAnswers(collateral, "vlek", "Genoa"));
    const asked = { platform, quote, evaluationMin: 0 };
    const { keeper, refused } = keep([server]);
    await assert.rejects(keeper.collateral(asked), { code: "collateral_unavailable" });
    assert.equal(refused[0]?.reason, "the host gives no VLEK");
    // oxlint-disable-next-line no-unsafe-type-assertion -- the simulated vendor's own text
    const { chain } = JSON.parse(collateral) as { chain: string };
    const vlek = derOf(chain.slice(0, chain.indexOf("-----END")));
    assert.equal(await keeper.collateral({ ...asked, vlek }), collateral);
  });
});

const vectors = new URL("../../../shared/vectors/", import.meta.url);
const skip = existsSync(vectors) ? false : "no ../shared/vectors beside the project";

suite("the collateral client, of Intel's own collateral", { skip }, () => {
  const recorded = (name: string) => Uint8Array.from(readFileSync(new URL(name, vectors)));

  test("carries it byte for byte from the server into the bundle's form", async () => {
    for (const [quoteName, name, at] of [
      ["cocoon_quote.dat", "tdx_quote_outdated_collateral.json", "2026-02-25"],
      ["tdx_quote", "tdx_quote_collateral.json", "2025-06-20"],
    ] as const) {
      const text = normalizeTdxCollateral(new TextDecoder().decode(recorded(name)));
      const server = await serve(intelAnswers(text));
      const quote = recorded(quoteName);
      const platform = identifyQuote("tdx", quote, { profiles: hardwareProfiles, networkId: -239 });
      const rig = keep([server]);
      rig.clockMs = Date.parse(at);
      assert.equal(await rig.keeper.collateral({ platform, quote, evaluationMin: 17 }), text);
      const tcb = server.asked.find((path) => path.startsWith(intelPath.tcb)) ?? "";
      assert.match(tcb, /fmspc=(?:90c06f|b0c06f)000000&/);
      rig.clockMs += 60 * dayMs;
      await assert.rejects(rig.keeper.collateral({ platform, quote, evaluationMin: 17 }), {
        code: "collateral_expired",
      });
    }
  });
});
