// The rule that ARCHITECTURE.md states, as a function of the page and the source files.

import { dirname, join, normalize } from "node:path/posix";

/** A room's name, and what it may import: lower rooms, names of packages from outside, "node". */
export type Rooms = ReadonlyMap<string, ReadonlySet<string>>;

/** A file with its path from the root of the repository. */
export type Source = { readonly path: string; readonly text: string };

/** Reads the rooms table. A line may name only rooms above it, so the table itself can have no cycle. */
export function readRooms(page: string): Rooms {
  const table = /```rooms\n([^`]*)```/.exec(page)?.[1];
  if (table === undefined) throw new Error("no rooms table");
  const rooms = new Map<string, ReadonlySet<string>>();
  for (const line of table.trim().split("\n")) {
    const [room = "", rest = ""] = line.split(":").map((part) => part.trim());
    const [lower = [], outside = []] = rest.split("|").map((part) => part.match(/\S+/g) ?? []);
    const unknown = lower.find((name) => !rooms.has(name));
    if (unknown !== undefined) throw new Error(`${unknown} must come before ${room}`);
    if (rooms.has(room)) throw new Error(`${room} is there twice`);
    rooms.set(room, new Set([...lower, ...outside]));
  }
  return rooms;
}

/** One sentence for each import that the table does not allow. */
export function listStrayImports(sources: readonly Source[], rooms: Rooms): string[] {
  return sources.flatMap(({ path, text }) => {
    const room = roomOf(path, rooms);
    if (room === undefined) return [`${path} is in no room`];
    return specifiersOf(text).flatMap((specifier) => {
      const fault = faultOf({ path, room, specifier }, rooms);
      return fault === undefined ? [] : [`${path} imports ${specifier}: ${fault}`];
    });
  });
}

/** The files that import themselves by way of others, and those between two such circles. Types count too. */
export function listCircles(sources: readonly Source[]): string[] {
  const ways = sources.flatMap(({ path, text }) =>
    specifiersOf(text)
      .filter((specifier) => specifier.startsWith("."))
      .map((specifier) => [path, normalize(join(dirname(path), specifier))] as const),
  );
  let left = new Set(sources.map(({ path }) => path));
  for (;;) {
    const inside = ways.filter(([from, to]) => left.has(from) && left.has(to));
    const importing = new Set(inside.map(([from]) => from));
    // What imports nothing that is left, or is imported by nothing that is left, is on no way back to itself.
    const next = new Set(inside.map(([, to]) => to).filter((path) => importing.has(path)));
    if (next.size === left.size) return [...left].toSorted();
    left = next;
  }
}

/** The innermost room that holds a file: packages/services/src/proxy/relay.ts is in services/proxy. */
function roomOf(path: string, rooms: Rooms): string | undefined {
  const [, name = "", place = ""] = /^packages\/([^/]+)\/src\/(.+)$/.exec(path) ?? [];
  const folder = `${name}/${place.split("/").slice(0, -1).join("/")}`;
  const holding = [...rooms.keys()].filter((room) => `${folder}/`.startsWith(`${room}/`));
  const innermost = holding.toSorted((left, right) => right.length - left.length)[0];
  // In a package that has rooms, its own name is the room of the files at the top alone.
  const isStray = innermost === name && place.includes("/") && hasRooms(name, rooms);
  return isStray ? undefined : innermost;
}

function hasRooms(name: string, rooms: Rooms): boolean {
  return [...rooms.keys()].some((room) => room.startsWith(`${name}/`));
}

type Import = { readonly path: string; readonly room: string; readonly specifier: string };

function faultOf({ path, room, specifier }: Import, rooms: Rooms): string | undefined {
  const isAllowed = (target: string) => rooms.get(room)?.has(target) === true;
  if (specifier.startsWith(".")) {
    const file = normalize(join(dirname(path), specifier));
    const target = roomOf(file, rooms);
    if (target === room) return undefined;
    if (target === undefined || !isAllowed(target)) return "not in the room's line";
    return file.endsWith(`/src/${target.split("/").slice(1).join("/")}/index.ts`)
      ? undefined
      : "rooms meet at index.ts";
  }
  if (specifier.startsWith("node:"))
    return isAllowed("node") ? undefined : "not in the room's line";
  if (/^@cocoon\/[^/]+\//.test(specifier)) return "packages meet at their index";
  const outside = /^(?:@[^/]+\/)?[^/]+/.exec(specifier)?.[0] ?? specifier;
  return isAllowed(outside.replace("@cocoon/", "")) ? undefined : "not in the room's line";
}

const stringsAndComments =
  /("(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`)|\/\/.*|\/\*[\s\S]*?\*\//g;
const fromClause = /\b(?:import|export)\b[^"'`;]*?\bfrom\s*["']([^"']+)["']/g;
const bareImport = /\bimport\s*["']([^"']+)["']/g;
// Not before "${": that is the text of another script, inside a template, that names a file of its own.
const callImport = /\b(?:import|require)\s*\(\s*(?!\$\{)(?:["']([^"']+)["'])?/g;

/** What a file imports, in any form; "(computed)" for a dynamic import that cannot be read here. */
export function specifiersOf(text: string): string[] {
  const code = text.replaceAll(
    stringsAndComments,
    (_, literal: string | undefined) => literal ?? " ",
  );
  return [fromClause, bareImport, callImport].flatMap((form) =>
    [...code.matchAll(form)].map(([, specifier]) => specifier ?? "(computed)"),
  );
}
