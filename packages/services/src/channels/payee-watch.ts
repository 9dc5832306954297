// What a payee does when a payer starts to close alone: it settles at once, not at its next tick.

import { CocoonError, type Nanotons, type RawAddress } from "@cocoon/protocol";
import { openChannels, settleAll, settleClosing, type SettleModules } from "./settle.ts";

/** Watches the channels that pay this node. One settlement is under way at a time. */
export class PayeeWatch {
  readonly #modules: SettleModules;
  readonly #changed = new Set<RawAddress>();
  /** Ends when the last settlement in line is over. */
  #line: Promise<void> = Promise.resolve();
  #watched: ReadonlySet<RawAddress> = new Set();
  #isStopped = false;
  #watching: { readonly abort: AbortController; readonly ended: Promise<void> } | undefined;

  constructor(modules: SettleModules) {
    this.#modules = modules;
  }

  /** Begins to watch the channels that there are now; called again when there may be new ones. */
  async follow(): Promise<void> {
    const addresses = openChannels(this.#modules.ledger);
    if (addresses.every((address) => this.#watched.has(address))) return;
    await this.#end();
    if (this.#isStopped) return;
    const abort = new AbortController();
    const { client } = this.#modules.wallet;
    const ended = client
      .watch(addresses, (changed) => this.#look(changed), abort.signal)
      .catch((error: unknown) => {
        this.#watched = new Set();
        this.#report(error);
      });
    this.#watched = new Set(addresses);
    this.#watching = { abort, ended };
  }

  /** As settleAll(), in line with what the watch settles: no voucher is sent twice. */
  settleAll(threshold: Nanotons): Promise<void> {
    return this.#inLine(() => settleAll(this.#modules, threshold));
  }

  /** Resolves when nothing is under way any more. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#end();
    await this.#line;
  }

  async #end(): Promise<void> {
    this.#watching?.abort.abort();
    await this.#watching?.ended;
    this.#watching = undefined;
    this.#watched = new Set();
  }

  #look(changed: readonly RawAddress[]): void {
    const isQueued = this.#changed.size > 0;
    for (const address of changed) this.#changed.add(address);
    if (isQueued || this.#changed.size === 0) return;
    this.#inLine(async () => {
      const addresses = [...this.#changed];
      this.#changed.clear();
      await settleClosing(this.#modules, addresses);
    }).catch((error: unknown) => this.#report(error));
  }

  #inLine(task: () => Promise<void>): Promise<void> {
    const run = this.#line.then(task);
    this.#line = run.catch(() => undefined);
    return run;
  }

  #report(error: unknown): void {
    const code = error instanceof CocoonError ? error.code : "internal";
    this.#modules.logger.warn("channel_watch_failed", { code });
  }
}
