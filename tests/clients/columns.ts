// The tables of docs/compatibility.md: which client of which version does what, as the tests beside this file saw it.

import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const page = fileURLToPath(new URL("../../docs/compatibility.md", import.meta.url));

/** Where the clients ran: beside a gateway, or in a page without one. Each has a table. */
export type Surrounding = "gateway" | "page";

/** What was seen: a row for each feature, a column for each client, by the name of its package. */
export class Seen {
  readonly #clients = new Set<string>();
  readonly #rows = new Map<string, Map<string, string>>();

  /** Records that a client does a feature; says how, where it does it in a way of its own. */
  record(client: string, feature: string, how = "yes"): void {
    this.#clients.add(client);
    const row = this.#rows.get(feature) ?? new Map<string, string>();
    this.#rows.set(feature, row);
    row.set(client, how);
  }

  /** Puts the table into the page. */
  write(surrounding: Surrounding): void {
    const text = readFileSync(page, "utf8");
    const { begin, end } = placeOf(surrounding, text);
    writeFileSync(page, `${text.slice(0, begin)}\n${this.#table()}\n${text.slice(end)}`);
  }

  /** The page says this, and no more. */
  assertIs(surrounding: Surrounding): void {
    assert.equal(written(surrounding).join("\n"), bare(this.#table()).join("\n"));
  }

  /** The page says this, among more. */
  assertWithin(surrounding: Surrounding): void {
    const [titles = "", ...lines] = written(surrounding);
    assert.equal(titles, bare(this.#table())[0]);
    const cells = new Map(lines.map((line) => [line.split("|")[1], line.split("|").slice(2)]));
    const clients = [...this.#clients];
    for (const [feature, row] of this.#rows) {
      for (const [client, how] of row) {
        assert.equal(cells.get(feature)?.[clients.indexOf(client)], how, `${client}: ${feature}`);
      }
    }
  }

  /** With the versions that are installed. */
  #table(): string {
    const clients = [...this.#clients];
    const rows = [...this.#rows].map(([feature, row]) => {
      return [feature, ...clients.map((client) => row.get(client) ?? "")];
    });
    const lines = [["", ...clients.map(titleOf)], ["---", ...clients.map(() => "---")], ...rows];
    return lines.map((cells) => `| ${cells.join(" | ")} |\n`).join("");
  }
}

function titleOf(client: string): string {
  const [, name = client] = /^((?:@[^/]+\/)?[^/]+)/.exec(client) ?? [];
  const core = /^@(?:ai-sdk|cocoon)\//.test(client) ? ` with \`ai\` ${versionOf("ai")}` : "";
  return `\`${client}\` ${versionOf(name)}${core}`;
}

function versionOf(name: string): string {
  const path = fileURLToPath(new URL(`../../node_modules/${name}/package.json`, import.meta.url));
  return /"version": *"([^"]+)"/.exec(readFileSync(path, "utf8"))?.[1] ?? "";
}

/** Where a table stands in the page's text. */
function placeOf(surrounding: Surrounding, text: string): { begin: number; end: number } {
  const mark = `<!-- written by npm run compatibility: ${surrounding} -->\n`;
  const begin = text.indexOf(mark) + mark.length;
  return { begin, end: text.indexOf("<!-- end -->\n", begin) };
}

/** The table as the page has it. */
function written(surrounding: Surrounding): readonly string[] {
  const text = readFileSync(page, "utf8");
  const { begin, end } = placeOf(surrounding, text);
  return bare(text.slice(begin, end));
}

/** Lines whose cells have no spaces that align them. */
function bare(table: string): readonly string[] {
  const trimmed = table.trim().replaceAll(/ *\| */g, "|");
  return trimmed.replaceAll(/-{3,}/g, "---").split("\n");
}
