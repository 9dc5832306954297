// Just enough of Tolk's grammar to change a source: what is code, what is a statement, what is a condition.

/** A piece of a source, by offsets. */
export type Span = { readonly start: number; readonly end: number };

/**
 * The source with everything that is not code blanked out, at the same offsets: comments, strings, imports, asm bodies,
 * and unions of types, whose bars are no operators.
 */
export function codeOf(source: string): string {
  return source
    .replaceAll(/\/\/[^\n]*/g, blank)
    .replaceAll(/"[^"\n]*"/g, blank)
    .replaceAll(/^import .*$/gm, blank)
    .replaceAll(/^ +asm .*$/gm, blank)
    .replaceAll(/^type \w+ =(?:\s+\|? ?\w+(?= *(?:\n|\|)))+/gm, blank);
}

function blank(text: string): string {
  return text.replaceAll(/[^\n]/g, " ");
}

const openers = "({[";
const closers = ")}]";

/** The offset behind the bracket that closes the one at this offset. */
export function endOfBracket(code: string, at: number): number {
  let depth = 0;
  for (let offset = at; offset < code.length; offset += 1) {
    const character = code[offset] ?? "";
    if (openers.includes(character)) depth += 1;
    if (closers.includes(character)) depth -= 1;
    if (depth === 0) return offset + 1;
  }
  throw new RangeError(`nothing closes the bracket at ${at}`);
}

/** What stands before the brace of a block of statements, not before that of a literal. */
const blockHead = /(?:^|\n)\s*(?:if|while|match|fun|get fun|else|struct|enum)\b[^;{}]*$|=>\s*$/;

/** Every statement that ends with a semicolon, the bodies of functions in depth. */
export function statementsOf(code: string): readonly Span[] {
  const found: Span[] = [];
  let start = 0;
  let offset = 0;
  while (offset < code.length) {
    const character = code[offset] ?? "";
    const isBlock = character === "{" && blockHead.test(code.slice(start, offset));
    if (isBlock || character === "}") {
      start = offset + 1;
      offset += 1;
    } else if (openers.includes(character)) {
      offset = endOfBracket(code, offset);
    } else {
      offset += 1;
      if (character === ";") {
        const lead = /^\s*/.exec(code.slice(start))?.[0].length ?? 0;
        found.push({ start: start + lead, end: offset });
        start = offset;
      }
    }
  }
  return found;
}

/** What stands in the parentheses of every `if` or `while`. */
export function conditionsOf(code: string, keyword: "if" | "while"): readonly Span[] {
  return [...code.matchAll(new RegExp(`\\b${keyword} \\(`, "g"))].map((match) => {
    const open = match.index + match[0].length - 1;
    return { start: open + 1, end: endOfBracket(code, open) - 1 };
  });
}

/** Every `Enum.Member` and the members of its enum, in order. */
export function enumsOf(source: string): ReadonlyMap<string, readonly string[]> {
  const declared = codeOf(source).matchAll(/^enum (\w+)(?:: \w+)? \{([^}]*)\}/gm);
  return new Map(
    [...declared].map(([, name = "", body = ""]) => {
      return [name, [...body.matchAll(/^\s*([A-Z]\w*)/gm)].map(([, member = ""]) => member)];
    }),
  );
}
