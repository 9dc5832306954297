// nginx as a yardstick, where it is installed.

import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePortBase } from "../../packages/cli/testing/ports.ts";
import type { Options } from "../harness/benchmark.ts";
import { type Child, startProgram } from "./processes.ts";

export type Nginx = { readonly child: Child } | { readonly skipped: string };

/** nginx as a reverse proxy before another: its one process has no workers of its own. */
export function startNginx(options: Pick<Options, "nginx">, enginePort: number): Promise<Nginx> {
  return runNginx(options, ({ folder, port }) => twoHops(folder, port, enginePort));
}

/** Where one nginx works and listens. */
export type NginxPlace = { readonly path: string; readonly folder: string; readonly port: number };

/** Runs nginx with these settings and those that hold for any. */
export async function runNginx(
  { nginx }: Pick<Options, "nginx">,
  settingsAt: (place: NginxPlace) => string,
): Promise<Nginx> {
  const path = nginx ?? findNginx();
  if (path === undefined) return { skipped: "it is not installed (Debian: apt-get install nginx)" };
  const folder = mkdtempSync(join(tmpdir(), "cocoon-bench-nginx-"));
  const port = await freePortBase();
  try {
    const settings = settingsAt({ path, folder, port });
    writeFileSync(join(folder, "nginx.conf"), `${settings}${common(folder)}`);
    const child = await startProgram(path, ["-p", folder, "-c", `${folder}/nginx.conf`], port);
    const stop = async (): Promise<void> => {
      await child.stop();
      rmSync(folder, { recursive: true, force: true });
    };
    return { child: { ...child, stop } };
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    return { skipped: error instanceof Error ? error.message.trim() : "it did not start" };
  }
}

function findNginx(): string | undefined {
  try {
    return execFileSync("which", ["nginx"], { encoding: "utf8" }).trim();
  } catch {
    return undefined;
  }
}

function common(folder: string): string {
  return `daemon off;
master_process off;
pid ${folder}/pid;
error_log ${folder}/error.log error;
events { worker_connections 1024; }
`;
}

function twoHops(folder: string, port: number, enginePort: number): string {
  const hop = (listen: number, target: string): string => `
  upstream ${target}_hop { server 127.0.0.1:${target === "engine" ? enginePort : listen + 10}; keepalive 128; }
  server {
    listen 127.0.0.1:${listen};
    location / {
      proxy_pass http://${target}_hop;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_buffering off;
    }
  }`;
  const scratch = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
    .map((name) => `${name}_temp_path ${folder}/${name};`)
    .join("\n  ");
  return `http {
  access_log off;
  ${scratch}
${hop(port, "second")}
${hop(port + 10, "engine")}
}
`;
}
