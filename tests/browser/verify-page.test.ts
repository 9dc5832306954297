// The page that verifies proof files, as it is built, in a browser: what it says is what verifyProofFile() says here.

import assert from "node:assert/strict";
import { test } from "node:test";
import { buildProofFile, disclose, parseProofFile, verifyProofFile } from "@cocoon/sdk";
import { buildVerifyPage } from "../../packages/web/tools/verify-page.ts";
import { anchorOf, content, createAnswers, profiles, salt, withProof } from "../proof/answers.ts";
import { altered, edited } from "../proof/tamper.ts";
import { listenHere, noChromium, readBody, withChromium } from "./chromium.ts";

/** What the page shows of one file. */
type Shown = {
  readonly verdict: string;
  readonly checks: Readonly<Record<string, string>>;
  readonly text: string;
  /** What its policy kept it from. */
  readonly violations: readonly string[];
};

/** Opens the page in a frame, gives it each file as a person would, and posts what it shows. */
const driver = `
const frame = document.createElement("iframe");
frame.src = "/verify.html";
frame.onload = async () => {
  const page = frame.contentDocument;
  const violations = [];
  page.addEventListener("securitypolicyviolation", (event) => violations.push(event.violatedDirective));
  const input = page.querySelector("#file");
  const shown = [];
  for (const text of await (await fetch("/files")).json()) {
    const files = new frame.contentWindow.DataTransfer();
    files.items.add(new frame.contentWindow.File([text], "proof.json"));
    input.files = files.files;
    page.querySelector("#result").replaceChildren();
    input.dispatchEvent(new Event("change"));
    while (page.querySelector("[data-verdict]") === null) await new Promise(requestAnimationFrame);
    const checks = [...page.querySelectorAll("[data-check]")].map((each) => [each.dataset.check, each.dataset.status]);
    shown.push({
      verdict: page.querySelector("[data-verdict]").dataset.verdict,
      checks: Object.fromEntries(checks),
      text: page.querySelector("#result").textContent,
      violations,
    });
  }
  await fetch("/shown", { method: "POST", body: JSON.stringify(shown) });
};
document.body.append(frame);
`;

async function showAll(html: string, files: readonly string[]): Promise<Shown[]> {
  let resolve: (shown: Shown[]) => void = () => undefined;
  const promise = new Promise<Shown[]>((fulfil) => {
    resolve = fulfil;
  });
  const pages: Readonly<Record<string, string>> = {
    "/": `<!doctype html><meta charset="utf-8"><body><script>${driver}</script>`,
    "/verify.html": html,
    "/files": JSON.stringify(files),
  };
  const { server, port } = await listenHere((request, response) => {
    const page = pages[request.url ?? ""];
    response.setHeader("content-type", "text/html; charset=utf-8").end(page ?? "");
    // oxlint-disable-next-line no-unsafe-type-assertion -- our own page wrote it
    const take = (body: string): void => resolve(JSON.parse(body) as Shown[]);
    if (request.url === "/shown") void readBody(request).then(take);
  });
  try {
    return await withChromium(`http://127.0.0.1:${port}/`, promise);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

test("the page is one document with nothing from elsewhere", async () => {
  const html = await buildVerifyPage();
  assert.match(html, /Content-Security-Policy" content="default-src 'none'; script-src 'sha256-/);
  assert.doesNotMatch(html, /<(?:script|link|img)[^>]+(?:src|href)=/);
  assert.doesNotMatch(html, /<(?:script|style)><\/|"policy"/);
});

test(
  "the page says of any file what verifyProofFile() says, in headless Chromium",
  { skip: noChromium, timeout: 600_000 },
  async () => {
    const { first, log } = await createAnswers();
    const disclosure = disclose(salt, content, ["answer"]);
    const anchored = buildProofFile({ ...withProof(first, log, anchorOf(log)), disclosure });
    const [hash] = log.proof(2).inclusion;
    const files = [
      anchored,
      buildProofFile(first),
      edited(anchored, ["log", "proof", "inclusion", 0], altered(hash ?? "")),
      edited(anchored, ["disclosure", "fields", 0, "value"], "PGltZyBzcmM9eD4="),
    ];
    const shown = await showAll(await buildVerifyPage(), [...files, "{}"]);
    for (const [index, text] of files.entries()) {
      const verdict = await verifyProofFile(parseProofFile(text), { profiles, nowMs: Date.now() });
      const statuses = verdict.checks.map(({ id, status }) => [id, status]);
      assert.equal(shown[index]?.verdict, verdict.holds ? "holds" : "fails");
      assert.deepEqual(shown[index]?.checks, Object.fromEntries(statuses));
    }
    assert.match(shown[0]?.text ?? "", /simulated.*"choices"/s);
    assert.doesNotMatch(shown[3]?.text ?? "", /<img/, "what does not hold is not shown as opened");
    assert.equal(shown[4]?.verdict, "proof_malformed");
    assert.deepEqual(shown.at(-1)?.violations, []);
  },
);
