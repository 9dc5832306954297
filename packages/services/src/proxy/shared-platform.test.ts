import assert from "node:assert/strict";
import { test } from "node:test";
import { type PlatformUse, requireOwnPlatform } from "./shared-platform.ts";

const first: PlatformUse = { id: "a", payout: `0:${"11".repeat(32)}`, platformIds: ["cpu", "gpu"] };
const stranger = { id: "b", payout: `0:${"22".repeat(32)}` };
const refused = { code: "platform_shared" };

test("requireOwnPlatform() refuses a machine or GPU that serves for another payout address", () => {
  for (const platformIds of [["cpu"], ["gpu"], ["other", "gpu"]]) {
    assert.throws(() => requireOwnPlatform({ ...stranger, platformIds }, [first]), refused);
  }
});

test("requireOwnPlatform() lets pass other hardware, the same owner and the same worker", () => {
  requireOwnPlatform({ ...stranger, platformIds: ["other"] }, [first]);
  requireOwnPlatform({ ...first, id: "c" }, [first]);
  requireOwnPlatform({ ...first, payout: stranger.payout }, [first]);
  requireOwnPlatform({ ...stranger, platformIds: ["cpu"] }, []);
});
