import { type Blame, type ErrorRow, errorTable, type Retry } from "@cocoon/protocol";
import { tableOf } from "./table.ts";

const retries: Readonly<Record<Retry, string>> = {
  no: "The same request will be refused again.",
  after_paying: "After a voucher or a deposit.",
  later: "The same node may serve it later.",
  other_peer: "At once, at another worker or proxy, with a new request id; not at the same one.",
};

const blames: Readonly<Record<Blame, string>> = {
  caller: "The request, or the one who made it.",
  peer: "The node that was asked. Its standing with the one who asked goes down.",
  none: "Nobody.",
  us: "The node that says so. It is a bug or a fault to report.",
};

/** The page of chapter 9, from the table that the code uses. */
export function errorSpec(): string {
  const rows = Object.entries<ErrorRow>(errorTable).map(([code, row]) => [
    `\`${code}\``,
    String(row.status),
    `\`${row.type}\``,
    `\`${row.retry}\``,
    `\`${row.blame}\``,
    row.meaning,
  ]);
  const meaningsOf = (meanings: Readonly<Record<string, string>>) =>
    Object.entries(meanings).map(([name, meaning]) => [`\`${name}\``, meaning]);
  return `# 9. Errors

Written by \`npm run spec\` from \`packages/protocol/src/errors/table.ts\`; a test holds the two together.

## 9.1 Rules

1. Every refusal has one code of the table below. A code is never renamed, and its meaning never changes.
2. On the wire a refusal is the code and details: short names with texts, numbers or truth values. Details never carry a prompt, an
   answer, a key or a signature. A code that the receiver does not know counts as misbehaviour
   of the sender.
3. At the gateway a refusal is OpenAI's error body, with the HTTP status and type of its row:
   \`{"error": {"message", "type", "param", "code"}}\`.
4. Trust failures fail closed: nothing turns one into a weaker success.

## 9.2 Retry

${tableOf(["retry", "meaning"], meaningsOf(retries))}

## 9.3 Blame

${tableOf(["blame", "whose fault it is"], meaningsOf(blames))}

## 9.4 Codes

${tableOf(["code", "HTTP", "type", "retry", "blame", "meaning"], rows)}
`;
}
