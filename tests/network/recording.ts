// What a network gives away: everything that its nodes receive from each other, and every file that they write.

import { Connection } from "@cocoon/protocol";
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";

export type Recording = { readonly pieces: Uint8Array[]; readonly stop: () => void };

/** Everything that any node of this process receives, after TLS: what a proxy's operator could record at most. */
export function recordConnections(): Recording {
  const pieces: Uint8Array[] = [];
  // oxlint-disable-next-line unbound-method -- called with its own connection below
  const receive = Connection.prototype.receive;
  Connection.prototype.receive = function record(this: Connection, chunk: Uint8Array): void {
    pieces.push(chunk.slice());
    receive.call(this, chunk);
  };
  return {
    pieces,
    stop: () => {
      Connection.prototype.receive = receive;
    },
  };
}

export function filesUnder(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile());
}
