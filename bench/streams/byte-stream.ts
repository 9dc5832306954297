// nginx as a relay of bytes over TLS, between a source of chunks and who reads them: what a relay of chunks costs at least.

import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { connect } from "node:tls";
import { createCarrierCertificate } from "../../packages/services/src/transport/carrier-certificate.ts";
import type { Options } from "../harness/benchmark.ts";
import { type Nginx, type NginxPlace, runNginx } from "../request/nginx.ts";

/** nginx with TLS on both sides, as a proxy has it. */
export function startByteStream(
  options: Pick<Options, "nginx">,
  sourcePort: number,
): Promise<Nginx> {
  return runNginx(options, (place) => settings(place, sourcePort));
}

/** Reads this many chunks through each of so many connections at once. */
export async function readThrough(port: number, streams: number, chunks: number): Promise<void> {
  const readOne = async (): Promise<void> => {
    const socket = connect({ host: "127.0.0.1", port, rejectUnauthorized: false });
    const ended = once(socket, "end");
    socket.resume();
    socket.write(`${chunks}\n`);
    await ended;
    socket.end();
  };
  await Promise.all(Array.from({ length: streams }, readOne));
}

function settings({ path, folder, port }: NginxPlace, sourcePort: number): string {
  const { cert, key } = createCarrierCertificate();
  writeFileSync(join(folder, "cert.pem"), cert);
  writeFileSync(join(folder, "key.pem"), key, { mode: 0o600 });
  return `${streamModule(path)}
stream {
  server {
    listen 127.0.0.1:${port} ssl;
    ssl_certificate ${folder}/cert.pem;
    ssl_certificate_key ${folder}/key.pem;
    ssl_protocols TLSv1.3;
    tcp_nodelay on;
    proxy_pass 127.0.0.1:${sourcePort};
    proxy_ssl on;
    proxy_ssl_protocols TLSv1.3;
  }
}
`;
}

/** The line that loads the module, where it is not part of the program. Debian: libnginx-mod-stream. */
function streamModule(path: string): string {
  const built = spawnSync(path, ["-V"], { encoding: "utf8" }).stderr;
  if (!built.includes("--with-stream=dynamic")) return "";
  const folder = /--modules-path=(\S+)/.exec(built)?.[1] ?? "modules";
  return `load_module ${folder}/ngx_stream_module.so;`;
}
