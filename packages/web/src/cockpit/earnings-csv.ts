// Earnings as a spreadsheet reads them: RFC 4180, a row for each day and model.

import { type EarningsRow, formatTon, nanotons } from "@cocoon/protocol";

const columns =
  "day,model,answers,prompt_tokens,cached_tokens,completion_tokens,earned_ton,pending_ton,lost_ton";

export function earningsCsv(rows: readonly EarningsRow[]): string {
  const lines = rows.map((row) =>
    [
      row.day,
      quoted(row.model),
      row.answers,
      row.promptTokens,
      row.cachedTokens,
      row.completionTokens,
      ton(row.earnedNanotons),
      ton(row.pendingNanotons),
      ton(row.lostNanotons),
    ].join(","),
  );
  return `${[columns, ...lines].join("\r\n")}\r\n`;
}

/** A name that a spreadsheet would run as a formula is kept from being one. */
function quoted(name: string): string {
  const plain = /^[=+\-@\t\r]/.test(name) ? `'${name}` : name;
  return `"${plain.replaceAll('"', '""')}"`;
}

function ton(amount: string): string {
  return formatTon(nanotons(BigInt(amount)));
}

/** All models together, the oldest day first. */
export function earningsPerDay(
  rows: readonly EarningsRow[],
): readonly { readonly day: string; readonly earned: bigint }[] {
  const days = new Map<string, bigint>();
  for (const { day, earnedNanotons } of rows) {
    days.set(day, (days.get(day) ?? 0n) + BigInt(earnedNanotons));
  }
  return [...days]
    .map(([day, earned]) => ({ day, earned }))
    .toSorted((one, other) => (one.day < other.day ? -1 : 1));
}
