import type { ServerResponse } from "node:http";

/** What a client may be behind by. One that reads slower than that is cut off, and has to look again. */
export const unreadBytesMax = 1_048_576;

/** Writes to a client, or cuts it off when it is too far behind. Returns whether it is still there. */
export function writeBounded(response: ServerResponse, text: string): boolean {
  if (response.destroyed) return false;
  response.write(text);
  if (response.writableLength <= unreadBytesMax) return true;
  response.destroy();
  return false;
}
