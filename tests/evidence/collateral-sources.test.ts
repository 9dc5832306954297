// The worker's collateral client against servers that do not do as Intel's.

import assert from "node:assert/strict";
import { suite, test } from "node:test";
import type { ErrorCode } from "@cocoon/protocol";
import { dayMs, good, keep, nowMs, question, serve, vendor } from "./collateral-rig.ts";
import { type Answer, intelAnswers, intelPath, sends } from "./vendor-server.ts";

suite("the collateral client, of a source that misbehaves", () => {
  /** Each replaces one answer of a good source. */
  const bad: readonly (readonly [string, string, Answer, ErrorCode, string?])[] = [
    [
      "an error",
      intelPath.tcb,
      (response) => response.writeHead(503).end(),
      "collateral_unavailable",
      "status",
    ],
    [
      "not found",
      intelPath.rootList,
      (response) => response.writeHead(404).end(),
      "collateral_unavailable",
      "status",
    ],
    [
      "a redirect",
      intelPath.qe,
      (response) => response.writeHead(302, { location: "http://127.0.0.1:1/" }).end(),
      "collateral_unavailable",
      "status",
    ],
    [
      "a cut connection",
      intelPath.tcb,
      (response) => response.destroy(),
      "collateral_unavailable",
      "unreachable",
    ],
    [
      "more than it may",
      intelPath.tcb,
      sends("x".repeat(70_000)),
      "collateral_unavailable",
      "too large",
    ],
    ["nothing", intelPath.tcb, sends(""), "collateral_invalid", "tcbInfo"],
    [
      "no UTF-8",
      intelPath.tcb,
      sends(Uint8Array.of(0xff, 0xfe)),
      "collateral_invalid",
      "not UTF-8",
    ],
    ["half of it", intelPath.tcb, sends(`{"tcbInfo":{"id":"TDX"`), "collateral_invalid", "tcbInfo"],
    ["a page", intelPath.qe, sends("<html></html>"), "collateral_invalid", "enclaveIdentity"],
    [
      "no chain",
      intelPath.platformList,
      sends(Uint8Array.of(0x30, 0, 0)),
      "collateral_invalid",
      "no issuer chain",
    ],
    [
      "a chain that is no URL encoding",
      intelPath.platformList,
      sends(Uint8Array.of(0x30, 0, 0), { "SGX-PCK-CRL-Issuer-Chain": "%E0%A4%A" }),
      "collateral_invalid",
      "issuer chain",
    ],
    [
      "a chain that is no PEM",
      intelPath.platformList,
      sends(Uint8Array.of(0x30, 0, 0), { "SGX-PCK-CRL-Issuer-Chain": "chain" }),
      "collateral_invalid",
      "no PEM",
    ],
    ["no list", intelPath.rootList, sends("none today"), "collateral_invalid", "revocation list"],
    [
      "half a list",
      intelPath.rootList,
      sends(Uint8Array.of(0x30, 0x82, 1)),
      "certificate_malformed",
    ],
  ];
  for (const [what, path, answer, code, reason] of bad) {
    test(`${what}: ${code}`, async () => {
      const server = await serve(new Map([...intelAnswers(good), [path, answer]]));
      const { keeper, refused } = keep([server]);
      await assert.rejects(keeper.collateral(question), { code });
      const [first] = refused;
      assert.deepEqual([first?.code, first?.host], [code, new URL(server.url).host]);
      if (reason !== undefined) assert.equal(first?.reason, reason);
    });
  }

  test("never answering, or never ending: collateral_unavailable, in the time it has", async () => {
    const hanging: readonly Answer[] = [
      () => undefined,
      (response) => void response.writeHead(200).write("{"),
    ];
    for (const answer of hanging) {
      const server = await serve(new Map([...intelAnswers(good), [intelPath.tcb, answer]]));
      const { keeper, refused } = keep([server], { timeoutMs: 50 });
      await assert.rejects(keeper.collateral(question), { code: "collateral_unavailable" });
      assert.equal(refused[0]?.reason, "timeout");
    }
  });

  test("not there, or not configured: collateral_unavailable", async () => {
    for (const sources of [["http://127.0.0.1:1"], []]) {
      const { keeper } = keep(sources);
      await assert.rejects(keeper.collateral(question), { code: "collateral_unavailable" });
    }
  });

  /** What it serves is well-formed, and not what a verifier takes. */
  const worthless: readonly (readonly [string, () => Promise<string>, ErrorCode])[] = [
    ["expired", () => vendor.collateral({ expiresAtMs: nowMs - 1 }), "collateral_expired"],
    ["of tomorrow", () => vendor.collateral({ issuedAtMs: nowMs + dayMs }), "collateral_expired"],
    [
      "of another family",
      () => vendor.collateral({ fmspc: "000000000000" }),
      "collateral_mismatch",
    ],
    ["out of date", () => vendor.collateral({ status: "OutOfDate" }), "tcb_out_of_date"],
    [
      "with the platform revoked",
      () => vendor.collateral({ revoked: "platform" }),
      "certificate_revoked",
    ],
    [
      "with lists of last year",
      () =>
        vendor.collateral({
          listsIssuedAtMs: nowMs - 400 * dayMs,
          listsExpireAtMs: nowMs - 365 * dayMs,
        }),
      "crl_invalid",
    ],
    [
      "edited",
      async () =>
        (await vendor.collateral({ status: "OutOfDate" })).replace("OutOfDate", "UpToDate"),
      "collateral_invalid",
    ],
  ];
  for (const [what, make, code] of worthless) {
    test(`collateral ${what}: ${code}, and the next source is taken`, async () => {
      const [liar, honest] = [
        await serve(intelAnswers(await make())),
        await serve(intelAnswers(good)),
      ];
      const { keeper, refused } = keep([liar, honest]);
      assert.equal(await keeper.collateral(question), good);
      assert.deepEqual(
        refused.map((refusal) => refusal.code),
        [code],
      );
      await assert.rejects(keep([liar]).keeper.collateral(question), { code });
    });
  }
});
