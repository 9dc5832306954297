// A page's commands, run as a reader would: every block of `sh`, from the top, in the folder where a network is up.
//
//   npx cocoon worker --yes     # goes on until Ctrl-C: started, and ended when the page is
//   npx cocoon tee              # by hand: why no test can run it
//
// A block that begins with a line `# by hand: why` is left alone as a whole. Programs, blocks of `js`, are run too, but those
// that say in their first line which example is the whole of them, `// in a page: NAME` or `// in part: NAME`.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { cocoon, CocoonProcess, cocoonEntry } from "../cli/cocoon-process.ts";
import { readText } from "../files.ts";
import { waitFor } from "../network/harness.ts";

/** Where a network of `cocoon up` runs. */
export type Place = {
  /** The folder in which it was started; its home is `.cocoon` there. */
  readonly folder: string;
  /** A page says 10000, as that network has it whose reader chose none. */
  readonly portBase: number;
};

/** What a reader does at once: lines of a shell, or something that goes on. */
export type Step = { readonly lines: readonly string[]; readonly goesOn: boolean };

const fence = /^```(\w*)\n([^]*?)^```$/gm;
const byHand = /(?:^|\s)# by hand: \S/;
const untilCtrlC = /\s# goes on until Ctrl-C$/;
/** How the network came up that the commands meet, and these tests themselves. */
const cameBefore = /^npm ci && npm (?:start|test)$/;

/** What a page tells its reader to do, in its order; what is left to do by hand is left out. */
export function stepsOf(page: string): readonly Step[] {
  return [...page.matchAll(fence)].flatMap(([, language, text = ""]) => {
    if (language === "js")
      return /^\/\/ in (?:a page|part): /.test(text) ? [] : [programStep(text)];
    if (language !== "sh") return [];
    const lines = text.replaceAll("\\\n", "").split("\n");
    if (byHand.test(lines[0] ?? "") && lines[0]?.startsWith("#") === true) return [];
    const wanted = lines.filter(
      (line) => !(/^\s*(?:#.*)?$/.test(line) || byHand.test(line) || cameBefore.test(line)),
    );
    const goingOn = wanted.filter((line) => untilCtrlC.test(line));
    const others = wanted.filter((line) => !untilCtrlC.test(line));
    const steps = others.every(isPlain) ? others.map((line) => [line]) : [others];
    return [
      ...goingOn.map((line) => ({ lines: [line.replace(untilCtrlC, "").trim()], goesOn: true })),
      ...steps.filter((step) => step.length > 0).map((step) => ({ lines: step, goesOn: false })),
    ];
  });
}

function programStep(text: string): Step {
  return { lines: [`node --input-type=module <<'END'\n${text}END`], goesOn: false };
}

/** Lines that look like commands where nobody would run them. */
export function unmarkedCommands(page: string): readonly string[] {
  return [...page.matchAll(fence)]
    .filter(([, language]) => language === "")
    .flatMap(([, , text = ""]) => text.split("\n"))
    .filter((line) => /^\s*(?:npx |cocoon |curl |npm |node |git |sh )/.test(line));
}

const isPlain = (line: string): boolean => wordsOf(line) !== undefined;

/** The words behind `npx cocoon`, and where its output goes; undefined where a shell has to read the line. */
function wordsOf(line: string): { readonly words: string[]; readonly into?: string } | undefined {
  const bare = line.replace(/\s+# .*$/, "");
  const [, rest, into] = /^npx cocoon ([^|<>$&;*`']*?)(?: > ([\w.-]+))?$/.exec(bare.trim()) ?? [];
  if (rest === undefined) return undefined;
  const words = Array.from(
    rest.matchAll(/"([^"]*)"|(\S+)/g),
    ([, quoted, word]) => quoted ?? word ?? "",
  );
  return into === undefined ? { words } : { words, into };
}

const ready = "http://127.0.0.1:10000/readyz";

type Said = { readonly status: number | null; readonly text: string };

export class Guide {
  readonly #path: string;
  readonly #place: Place;
  readonly #goingOn: CocoonProcess[] = [];
  #said = "";

  constructor(path: string, place: Place) {
    this.#path = path;
    this.#place = place;
    equip(place.folder);
  }

  /** Runs all of it, each command in the place. What comes after something that goes on is said again until that is up. */
  async run(): Promise<void> {
    const page = readText(this.#path);
    assert.deepEqual(unmarkedCommands(page), [], `${this.#path}: blocks of commands are sh`);
    // The page before may have closed a channel: another one is on its way.
    await waitFor("the gateway is ready", async () => (await fetch(this.#moved(ready))).ok);
    const before = process.cwd();
    process.chdir(this.#place.folder);
    try {
      let isStarting = false;
      for (const { lines, goesOn } of stepsOf(page)) {
        if (goesOn) this.#start(lines);
        else if (isStarting)
          await waitFor(`${lines[0]} succeeds`, async () => (await this.#say(lines)).status === 0);
        else await this.#try(lines);
        isStarting = goesOn;
      }
    } finally {
      process.chdir(before);
    }
  }

  /** Ends what goes on, as Ctrl-C does, in good order. */
  async stop(): Promise<void> {
    for (const running of this.#goingOn) running.signal("SIGINT");
    for (const running of this.#goingOn) {
      const { errors, output, status } = await running.ended;
      assert.equal(status, 0, errors);
      this.#said += output + errors;
    }
  }

  /** What went on has said, once it was stopped. */
  said(): string {
    return this.#said;
  }

  #start([line = ""]: readonly string[]): void {
    const words = wordsOf(line)?.words;
    assert.ok(words !== undefined, `only a cocoon command goes on: ${line}`);
    this.#goingOn.push(new CocoonProcess(words, this.#place.folder));
  }

  async #try(lines: readonly string[]): Promise<void> {
    const { status, text } = await this.#say(lines);
    assert.equal(status, 0, `${this.#path}\n${lines.join("\n")}\n${text}`);
  }

  /** A plain cocoon command runs in this process, which takes a tenth of the time; anything else in a shell. */
  async #say(lines: readonly string[]): Promise<Said> {
    const plain = lines.length === 1 ? wordsOf(this.#moved(lines[0] ?? "")) : undefined;
    if (plain === undefined) return await shell(this.#moved(lines.join("\n")), this.#place.folder);
    const { errors, output, status } = await cocoon(...plain.words);
    if (plain.into !== undefined) writeFileSync(plain.into, output);
    return { status, text: output + errors };
  }

  /** The page's ports, where they are here. */
  #moved(text: string): string {
    return text.replaceAll(
      /:100(\d\d)\b/g,
      (_, offset) => `:${this.#place.portBase + Number(offset)}`,
    );
  }
}

/** What a clone has that a reader's commands stand on: `npx cocoon`, packages, the model that ships. */
function equip(folder: string): void {
  if (existsSync(join(folder, "bin"))) return;
  mkdirSync(join(folder, "bin"));
  const npx = join(folder, "bin", "npx");
  writeFileSync(npx, `#!/bin/sh\nshift\nexec "${process.execPath}" "${cocoonEntry}" "$@"\n`);
  chmodSync(npx, 0o755);
  for (const name of ["examples", "models", "node_modules"]) {
    symlinkSync(fileURLToPath(new URL(`../../${name}`, import.meta.url)), join(folder, name));
  }
}

function shell(script: string, folder: string): Promise<Said> {
  const path = `${join(folder, "bin")}:${process.env["PATH"] ?? ""}`;
  const options = { cwd: folder, env: { ...process.env, PATH: path } };
  return new Promise((resolve) => {
    execFile("sh", ["-eu", "-c", script], options, (error, stdout, stderr) => {
      const status = error === null ? 0 : 1;
      resolve({ status, text: stdout + stderr });
    });
  });
}
