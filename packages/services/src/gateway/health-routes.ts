// /healthz, /readyz and /metrics: for what watches the process, not for applications.

import type { HttpApp } from "../http/index.ts";
import type { Metrics } from "../observe/index.ts";
import type { Gateway } from "./gateway.ts";

export function addHealthRoutes(app: HttpApp, gateway: Gateway): void {
  const { answers, ledger, metrics, sessions } = gateway;
  const isReady = (): boolean => sessions.current !== undefined;
  // It runs, whatever the network does: nobody is helped by starting it again while a proxy is away.
  app.get("/healthz", () => Response.json({ ready: isReady() }));
  app.get("/readyz", () => Response.json({ ready: isReady() }, { status: isReady() ? 200 : 503 }));
  addGauges(metrics, { answers, ledger, isReady });
  app.get("/metrics", () => {
    return new Response(metrics.text(), {
      headers: { "content-type": "text/plain; version=0.0.4; charset=utf-8" },
    });
  });
}

type Sources = Pick<Gateway, "answers" | "ledger"> & { readonly isReady: () => boolean };

function addGauges(metrics: Metrics, { answers, ledger, isReady }: Sources): void {
  metrics.gauge("cocoon_ready", "1 while requests can be answered", () => [
    { labels: {}, value: isReady() ? 1 : 0 },
  ]);
  metrics.gauge("cocoon_receipts", "Receipts by how far their proof has come", () =>
    [...answers.countByState()].map(([state, value]) => ({ labels: { state }, value })),
  );
  metrics.gauge("cocoon_channel_deposit_nanotons", "Deposits of open channels", () =>
    ledger
      .list()
      .filter(({ phase }) => phase === "open")
      .map(({ address, deposit }) => ({ labels: { channel: address }, value: Number(deposit) })),
  );
}
