// House rules that a machine can hold: see CONTRIBUTING.md.

import assert from "node:assert/strict";
import { test } from "node:test";
import { listPaths, listSources, readText } from "./files.ts";

const paths = listPaths(".");
const source = /\.(?:ts|js|mjs|cjs|tolk|py|sh)$/;

/** Titles of a page: its lines that begin with "# ", those in code blocks aside. */
function titlesOf(page: string): string[] {
  const prose = page.replaceAll(/^( *)(```|~~~)[\s\S]*?^\1\2/gm, "");
  return prose.split("\n").filter((line) => line.startsWith("# "));
}

test("titlesOf() finds titles and passes over comments in code blocks", () => {
  const page = "# One\n\n```sh\n# a comment\n```\n\n## Not one\n\n   ```\n# in\n   ```\n\n# Two\n";
  assert.deepEqual(titlesOf(page), ["# One", "# Two"]);
});

test("every page begins with its title and has no other", () => {
  const wrong = paths
    .filter((path) => path.endsWith(".md"))
    .filter((path) => {
      const page = readText(path);
      return !page.startsWith("# ") || titlesOf(page).length !== 1;
    });
  assert.deepEqual(wrong, []);
});

/** Nowhere in a name. */
const bannedWords = new Set(
  "utils util helpers helper common misc manager handler handlers impl".split(" "),
);
/** Not alone; "tcb-info" is Intel's name for a thing. */
const bannedNames = new Set(["data", "info", "process", "types", "lib", ...bannedWords]);

function isBanned(path: string): boolean {
  const names = path.split("/").map((part) => part.split(".")[0]?.toLowerCase() ?? "");
  return names.some(
    (name) => bannedNames.has(name) || name.split("-").some((word) => bannedWords.has(word)),
  );
}

test("isBanned() knows names of nothing in particular", () => {
  const banned = ["a/utils/b.ts", "a/string-helpers.test.ts", "a/data.ts", "lib/a.ts"];
  assert.deepEqual(
    banned.filter((path) => !isBanned(path)),
    [],
  );
  assert.equal(isBanned("packages/protocol/src/attestation/tcb-info.ts"), false);
});

test("no source file or folder is named after nothing in particular", () => {
  const named = paths.filter((path) => source.test(path));
  assert.deepEqual(named.filter(isBanned), []);
});

test("no source file is longer than 400 lines", () => {
  const tolk = paths.filter((path) => path.endsWith(".tolk"));
  const long = [...listSources(), ...tolk.map((path) => ({ path, text: readText(path) }))]
    .map(({ path, text }) => ({ path, lines: text.split("\n").length - 1 }))
    .filter(({ lines }) => lines > 400);
  assert.deepEqual(long, []);
});

test("nothing is put off in a comment", () => {
  const putOff = /\b(?:TO[D]O|FIX[M]E|X[X]X|HA[C]K)\b/;
  const wrong = paths.filter((path) => source.test(path) && putOff.test(readText(path)));
  assert.deepEqual(wrong, []);
});

test("every vector file is read by a test", () => {
  const tests = paths.filter((path) => path.endsWith(".test.ts")).map(readText);
  const unread = paths
    .filter((path) => path.startsWith("vectors/") && !path.endsWith(".md"))
    .map((path) => path.slice("vectors/".length))
    .filter((name) => !tests.some((text) => text.includes(`vectors/${name}`)));
  assert.deepEqual(unread, []);
});

type Manifest = {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
};

test("docs/dependencies.md has a line for every dependency, with its exact version, and for nothing else", () => {
  const wanted = paths
    .filter((path) => /^(?:packages\/[^/]+\/)?package\.json$/.test(path))
    .flatMap((path) => {
      // oxlint-disable-next-line no-unsafe-type-assertion -- our own file
      const { dependencies, devDependencies } = JSON.parse(readText(path)) as Manifest;
      return Object.entries({ ...dependencies, ...devDependencies });
    })
    .filter(([name]) => !name.startsWith("@cocoon/"))
    .map(([name, version]) => `${name} ${version}`);
  const page = readText("docs/dependencies.md");
  const written = [...page.matchAll(/^\| `([^`]+)` +\| ([^ ]+) +\|/gm)].map(
    ([, name = "", version = ""]) => `${name} ${version}`,
  );
  assert.deepEqual(written.toSorted(), [...new Set(wanted)].toSorted());
  const loose = wanted.filter((dependency) => !/ \d+\.\d+\.\d+$/.test(dependency));
  assert.deepEqual(loose, []);
});
