import assert from "node:assert/strict";
import { test } from "node:test";
import {
  amdSevMilan,
  findProfile,
  hardwareProfiles,
  intelTdx,
  nvidiaGpu,
  type TrustProfile,
} from "./profile.ts";
import { roleByte, roleOfByte } from "./role.ts";

const simulated: TrustProfile<"tdx"> = {
  id: "simulated",
  kind: "tdx",
  teeType: 0xc0c00081,
  rootKeyId: "00".repeat(48),
  tier: "dev",
  simulated: true,
};
const profiles = [simulated, intelTdx];

const find = (among: readonly TrustProfile[], teeType: number, networkId: number) =>
  findProfile(among, { teeType, kinds: ["tdx", "sev-snp"], networkId });

test("findProfile() finds no simulated profile on mainnet", () => {
  const unknown = { code: "profile_unknown" };
  assert.throws(() => find(profiles, simulated.teeType, -239), unknown);
  assert.throws(() => find(profiles, 0x82, -3), unknown);
  assert.throws(() => find([], 0x81, -3), unknown);
});

test("findProfile() finds by TEE type, the first one", () => {
  const second = { ...simulated, id: "second" };
  assert.equal(find([...profiles, second], simulated.teeType, -3).id, "simulated");
  assert.equal(find(profiles, 0x81, -239), intelTdx);
});

test("findProfile() finds no profile of another kind", () => {
  const { teeType } = nvidiaGpu;
  assert.throws(() => find(hardwareProfiles, teeType, -239), { code: "profile_unknown" });
});

test("findProfile() refuses the product line whose keys are out", () => {
  const { teeType } = amdSevMilan;
  assert.throws(() => find(hardwareProfiles, teeType, -239), { code: "platform_banned" });
});

test("hardwareProfiles have a TEE type, a root and a name each, and none is simulated", () => {
  for (const part of ["id", "teeType", "rootKeyId"] as const) {
    const values = hardwareProfiles.map((profile) => profile[part]);
    assert.equal(new Set(values).size, hardwareProfiles.length, part);
  }
  assert.ok(hardwareProfiles.every((profile) => !profile.simulated));
});

test("roleOfByte() knows two roles", () => {
  assert.deepEqual([0, 1, 2, 3].map(roleOfByte), [undefined, "worker", "proxy", undefined]);
  assert.deepEqual([roleByte("worker"), roleByte("proxy")], [1, 2]);
});
