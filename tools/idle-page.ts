import { type IdleRow, idleTable } from "@cocoon/protocol";
import { tableOf } from "./table.ts";

/** The page of reasons why a worker has no work, from the table that the code uses. */
export function idlePage(): string {
  const rows = Object.entries<IdleRow>(idleTable).map(([code, row]) => [
    `\`${code}\``,
    row.meaning,
    row.isBlocking ? "no" : "yes",
    row.remedy,
  ]);
  return `# Why a worker has no work

Written by \`npm run spec\` from \`packages/protocol/src/cockpit/idle-table.ts\`; a test holds the two together.

The dashboard, \`cocoon worker status\` and the [local API](gpu-owners.md#the-local-api) name these codes. The first that holds is what to mend
first. The worker notices by itself when it is mended.

${tableOf(["code", "meaning", "can work come", "remedy"], rows)}
`;
}
