import { CocoonError, type ErrorCode } from "@cocoon/protocol";
import assert from "node:assert/strict";
import { test } from "node:test";
import type { ProxySession } from "./proxy-session.ts";
import type { SessionKeeper, SessionTurn } from "./session-keeper.ts";
import { SessionPool } from "./session-pool.ts";

/** A keeper whose turns a test makes. Simulated: no connection is behind it. */
class SimulatedKeeper {
  readonly bond: string;
  readonly tell: (turn: SessionTurn) => void;
  current: ProxySession | undefined;
  renewals = 0;
  isStopped = false;
  #waiting: { resolve: (session: ProxySession) => void; reject: (error: Error) => void }[] = [];

  constructor(bond: string, tell: (turn: SessionTurn) => void) {
    this.bond = bond;
    this.tell = tell;
  }

  attach(): ProxySession {
    // oxlint-disable-next-line no-unsafe-type-assertion -- the pool asks it for nothing else
    const session = { channel: `channel of ${this.bond}` } as ProxySession;
    this.current = session;
    this.tell({ name: "attached", channel: session.channel });
    for (const { resolve } of this.#waiting.splice(0)) resolve(session);
    return session;
  }

  lose(name: "unreachable" | "lost"): void {
    this.current = undefined;
    this.tell({ name, error: new CocoonError("peer_unreachable") });
  }

  giveUp(code: ErrorCode): void {
    for (const { reject } of this.#waiting.splice(0)) reject(new CocoonError(code));
  }

  next(): Promise<ProxySession> {
    if (this.current !== undefined) return Promise.resolve(this.current);
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }

  renew(): void {
    this.renewals += 1;
  }

  stop(): Promise<void> {
    this.isStopped = true;
    return Promise.resolve();
  }
}

function poolOf(...bonds: readonly string[]): {
  readonly pool: SessionPool;
  readonly started: SimulatedKeeper[];
} {
  const started: SimulatedKeeper[] = [];
  const pool = new SessionPool(
    bonds.map((bond) => ({
      bond,
      keep: (tell) => {
        const keeper = new SimulatedKeeper(bond, tell);
        started.push(keeper);
        // oxlint-disable-next-line no-unsafe-type-assertion -- all that the pool uses
        return keeper as unknown as SessionKeeper;
      },
    })),
  );
  return { pool, started };
}

const bondsOf = (started: readonly SimulatedKeeper[]): readonly string[] =>
  started.map(({ bond }) => bond);

test("SessionPool dials one proxy while that does, and the next one when it does not", async () => {
  const { pool, started } = poolOf("a", "b", "c");
  assert.deepEqual(bondsOf(started), ["a"]);
  const first = started[0]?.attach();
  assert.equal(await pool.next(), first);
  started[0]?.lose("lost");
  assert.deepEqual(bondsOf(started), ["a", "b"]);
  const waiting = pool.next();
  const second = started[1]?.attach();
  assert.equal(await waiting, second);
  started[0]?.lose("unreachable");
  assert.deepEqual(bondsOf(started), ["a", "b"], "while one can be asked, no other is dialed");
});

test("SessionPool asks the first in the order again, as soon as it is back", async () => {
  const { pool, started } = poolOf("a", "b");
  started[0]?.lose("unreachable");
  const second = started[1]?.attach();
  assert.equal(await pool.next(), second);
  const first = started[0]?.attach();
  assert.equal(await pool.next(), first);
  assert.deepEqual(pool.all, [first, second]);
});

test("next() rejects with what stands in the way, when no proxy is left to wait for", async () => {
  const { pool, started } = poolOf("a", "b");
  const waiting = pool.next();
  started[0]?.lose("unreachable");
  started[0]?.giveUp("peer_timeout");
  started[1]?.giveUp("bond_insufficient");
  await assert.rejects(waiting, { code: "peer_timeout" });
  assert.equal(pool.current, undefined);
});

test("next() gives the named proxy's session and no other's, and refuses one that is not there", async () => {
  const { pool, started } = poolOf("a", "b");
  started[0]?.attach();
  const waiting = pool.next(undefined, "b");
  assert.deepEqual(bondsOf(started), ["a", "b"]);
  const second = started[1]?.attach();
  assert.equal(await waiting, second);
  await assert.rejects(pool.next(undefined, "z"), { code: "request_malformed" });
});

test("renew() attaches anew what pays from a channel; stop() stops all and starts no more", async () => {
  const { pool, started } = poolOf("a", "b", "c");
  started[0]?.lose("lost");
  started[0]?.attach();
  started[1]?.attach();
  pool.renew("channel of b");
  assert.deepEqual(
    started.map(({ renewals }) => renewals),
    [0, 1],
  );
  await pool.stop();
  assert.ok(started.every(({ isStopped }) => isStopped));
  for (const keeper of started) keeper.lose("lost");
  assert.deepEqual(bondsOf(started), ["a", "b"]);
});
