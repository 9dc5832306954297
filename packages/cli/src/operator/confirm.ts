// Nothing that costs or binds happens before somebody said so.

import { CocoonError } from "@cocoon/protocol";
import type { Arguments } from "../command.ts";
import { formatTable, type Terminal } from "../terminal.ts";
import { UsageError } from "../usage-error.ts";

/** Shows what is about to be done, and asks. Throws UsageError where nobody can be asked, and cancelled for any answer but yes. */
export async function confirm(
  given: Arguments,
  terminal: Terminal,
  { facts, verb }: { readonly facts: readonly (readonly string[])[]; readonly verb: string },
): Promise<void> {
  if (given.flag("yes")) return;
  if (!terminal.isInteractive) throw new UsageError("--yes is needed where nobody can be asked");
  terminal.note(formatTable(facts));
  const answer = await terminal.ask(`Type yes to ${verb}: `);
  if (answer.trim() !== "yes") throw new CocoonError("cancelled");
}
