import { nanotons } from "@cocoon/protocol";
import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { Asking, percentAt } from "./asking.ts";

const price = { promptPerMillion: nanotons(100n), completionPerMillion: nanotons(400n) };
const followLoad = { floorPercent: 50, ceilingPercent: 200 };

/** An ask whose load and clock are set by hand; nothing waits for its ticks. */
function follow(context: TestContext, isFollowing = true) {
  const state = { active: 0, nowMs: 0 };
  const asking = new Asking({
    price,
    followLoad: isFollowing ? followLoad : undefined,
    load: () => ({ active: state.active, queued: 0, slots: 4 }),
    now: () => state.nowMs,
  });
  context.after(() => asking.stop());
  return { asking, state };
}

test("percentAt() is the floor where nothing runs, the ceiling where all slots are taken, and moves in steps", () => {
  const at = (active: number, queued = 0) => percentAt({ active, queued, slots: 4 }, followLoad);
  assert.deepEqual([at(0), at(1), at(2), at(3), at(4), at(4, 9)], [50, 85, 125, 160, 200, 200]);
  assert.equal(percentAt({ active: 0, queued: 0, slots: 0 }, followLoad), 50);
});

test("an ask that follows nothing stays", (context) => {
  const { asking, state } = follow(context, false);
  state.active = 4;
  asking.look();
  assert.deepEqual(asking.current, price);
});

test("an ask follows the load, and tells when it moved", (context) => {
  const { asking, state } = follow(context);
  let told = 0;
  asking.onChanged(() => {
    told += 1;
  });
  assert.deepEqual(asking.current, { promptPerMillion: 50n, completionPerMillion: 200n });
  asking.look();
  assert.equal(told, 0);
  state.active = 4;
  asking.look();
  assert.deepEqual(asking.current, { promptPerMillion: 200n, completionPerMillion: 800n });
  assert.equal(told, 1);
});

test("a request keeps the price that it was offered, for a minute and no longer", (context) => {
  const { asking, state } = follow(context);
  const offered = asking.current;
  state.active = 4;
  asking.look();
  assert.ok(asking.accepts(offered));
  assert.ok(asking.accepts(asking.current));
  assert.ok(!asking.accepts({ ...offered, completionPerMillion: nanotons(199n) }));
  state.nowMs = 60_001;
  assert.ok(!asking.accepts(offered));
  assert.ok(asking.accepts(asking.current));
  // More than what is asked is accepted as well: the price fell meanwhile.
  state.active = 0;
  asking.look();
  assert.ok(
    asking.accepts({ promptPerMillion: nanotons(200n), completionPerMillion: nanotons(800n) }),
  );
});
