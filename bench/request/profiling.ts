// The split of a request's processor time by cause, from the roles' own profilers: in a turn of its own, since it slows them.

import type { Profiler } from "node:inspector";
import type { Fact } from "../harness/figure.ts";
import { timeByCause } from "./causes.ts";
import { ask, type Target } from "./load.ts";
import type { ScriptChild } from "./processes.ts";
import type { ProfileMessage } from "./role.ts";

const concurrency = 30;

/** Profiles the roles while they answer, which must be warm. */
export async function profileRoles(
  roles: Readonly<Record<string, ScriptChild>>,
  target: Target,
  count: number,
): Promise<Fact[]> {
  const tellAll = (message: ProfileMessage): Promise<Profiler.Profile[]> =>
    Promise.all(Object.values(roles).map((role) => role.tell<Profiler.Profile>(message)));
  await tellAll({ profile: "start" });
  await ask(target, count, concurrency);
  const profiles = await tellAll({ profile: "stop" });
  return Object.keys(roles).flatMap((role, index): Fact[] => {
    const profile = profiles[index];
    return profile === undefined ? [] : sharesOf(role, profile);
  });
}

function sharesOf(role: string, profile: Profiler.Profile): Fact[] {
  const micros = timeByCause(profile);
  const all = [...micros.values()].reduce((sum, part) => sum + part, 0);
  return [...micros].map(([cause, part]) => {
    return { name: `of the ${role}'s time: ${cause}`, unit: "%", value: (100 * part) / all };
  });
}
