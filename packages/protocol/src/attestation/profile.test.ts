import assert from "node:assert/strict";
import { test } from "node:test";
import { findProfile, intelTdx, type TrustProfile } from "./profile.ts";
import { roleByte, roleOfByte } from "./role.ts";

const simulated: TrustProfile = {
  id: "simulated",
  teeType: 0xc0c00081,
  rootKeyId: "00".repeat(48),
  tier: "dev",
  simulated: true,
};
const profiles = [simulated, intelTdx];

test("findProfile() finds no simulated profile on mainnet", () => {
  const unknown = { code: "profile_unknown" };
  assert.throws(() => findProfile(profiles, simulated.teeType, -239), unknown);
  assert.throws(() => findProfile(profiles, 0x82, -3), unknown);
  assert.throws(() => findProfile([], 0x81, -3), unknown);
});

test("findProfile() finds by TEE type, the first one", () => {
  const second = { ...simulated, id: "second" };
  assert.equal(findProfile([...profiles, second], simulated.teeType, -3).id, "simulated");
  assert.equal(findProfile(profiles, 0x81, -239), intelTdx);
});

test("roleOfByte() knows two roles", () => {
  assert.deepEqual([0, 1, 2, 3].map(roleOfByte), [undefined, "worker", "proxy", undefined]);
  assert.deepEqual([roleByte("worker"), roleByte("proxy")], [1, 2]);
});
