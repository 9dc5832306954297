import { CocoonError } from "@cocoon/protocol";
import { once } from "node:events";
import { createServer } from "node:net";

/** Tries each port. Throws one option_invalid that names all that are taken. */
export async function assertPortsFree(host: string, ports: readonly number[]): Promise<void> {
  const free = await Promise.all(ports.map((port) => isFree(host, port)));
  const taken = ports.filter((_port, index) => free[index] === false);
  if (taken.length === 0) return;
  throw new CocoonError("option_invalid", {
    reason: `in use on ${host}: port ${taken.join(", ")}; choose others with --port-base`,
  });
}

async function isFree(host: string, port: number): Promise<boolean> {
  const server = createServer();
  server.listen({ host, port });
  try {
    await once(server, "listening");
  } catch {
    return false;
  }
  server.close();
  await once(server, "close");
  return true;
}
