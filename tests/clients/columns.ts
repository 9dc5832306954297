// The table of docs/compatibility.md: which client of which version does what, as the tests beside this file saw it.

import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const page = fileURLToPath(new URL("../../docs/compatibility.md", import.meta.url));
const begin = "<!-- written by npm run compatibility -->\n";
const end = "<!-- end -->\n";

/** The clients, by the names of their packages: a column each. */
const columns = [
  "openai",
  "@ai-sdk/openai",
  "@cocoon/sdk/ai-sdk",
  "@langchain/openai",
  "@anthropic-ai/sdk",
] as const;

export type Client = (typeof columns)[number];

/** What was seen: a row for each feature, a cell for each client that was asked for it. */
export class Seen {
  readonly #rows = new Map<string, Map<Client, string>>();

  /** Records that a client does a feature; says how, where it does it in a way of its own. */
  record(client: Client, feature: string, how = "yes"): void {
    const row = this.#rows.get(feature) ?? new Map<Client, string>();
    this.#rows.set(feature, row);
    row.set(client, how);
  }

  /** The table, with the versions that are installed. */
  table(): string {
    const titles = columns.map((client) => {
      const core = client.includes("ai-sdk") && client !== "@anthropic-ai/sdk";
      const [scope, name] = client.split("/");
      const version = versionOf(scope?.startsWith("@") === true ? `${scope}/${name}` : client);
      return `\`${client}\` ${version}${core ? ` with \`ai\` ${versionOf("ai")}` : ""}`;
    });
    const rows = [...this.#rows].map(([feature, row]) => {
      return [feature, ...columns.map((client) => row.get(client) ?? "")];
    });
    const lines = [["", ...titles], ["---", ...columns.map(() => "---")], ...rows];
    return lines.map((cells) => `| ${cells.join(" | ")} |\n`).join("");
  }
}

function versionOf(name: string): string {
  const path = fileURLToPath(new URL(`../../node_modules/${name}/package.json`, import.meta.url));
  return /"version": *"([^"]+)"/.exec(readFileSync(path, "utf8"))?.[1] ?? "";
}

/** The table as the page has it, cells without the spaces that align them. */
export function writtenTable(): string {
  const text = readFileSync(page, "utf8");
  const table = text.slice(text.indexOf(begin) + begin.length, text.indexOf(end));
  return table
    .trim()
    .replaceAll(/ *\| */g, "|")
    .replaceAll(/-{3,}/g, "---");
}

/** The same spelling of a table that was seen. */
export function bareTable(table: string): string {
  return table.trim().replaceAll(/ *\| */g, "|");
}

/** Puts the table into the page. */
export function writeTable(table: string): void {
  const text = readFileSync(page, "utf8");
  const before = text.slice(0, text.indexOf(begin) + begin.length);
  writeFileSync(page, `${before}\n${table}\n${text.slice(text.indexOf(end))}`);
}
