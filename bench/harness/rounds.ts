// Runs contenders turn by turn, so that all of them meet the same weather.

/** Something that can be done many times. */
export type Contender = {
  readonly name: string;
  /** Does it this many times. */
  readonly run: (times: number) => Promise<void> | void;
};

/** Time since some moment, in microseconds: of the wall, and of all processors for the processes that are measured. */
export type Clock = {
  readonly wallMicros: () => number;
  readonly cpuMicros: () => number;
};

/** The time of this process, all its threads included. */
export const ownClock: Clock = {
  wallMicros: () => performance.now() * 1_000,
  cpuMicros: () => {
    const { user, system } = process.cpuUsage();
    return user + system;
  },
};

export type Effort = {
  /** Turns of each contender that count; one more comes before them and does not. */
  readonly rounds: number;
  /** About how long one turn takes. */
  readonly turnMs: number;
};

/** Microseconds for each time, one sample for each round. */
export type Times = { readonly name: string; readonly wall: number[]; readonly cpu: number[] };

/** Gives every contender its turn in each round: A B A B and so on. */
export async function runRounds(
  contenders: readonly Contender[],
  { rounds, turnMs }: Effort,
  clock: Clock = ownClock,
): Promise<Times[]> {
  const turns: { contender: Contender; times: number; result: Times }[] = [];
  for (const contender of contenders) {
    const times = await timesWithin(contender, turnMs, clock);
    turns.push({ contender, times, result: { name: contender.name, wall: [], cpu: [] } });
  }
  for (let round = 0; round < rounds; round += 1) {
    for (const { contender, times, result } of turns) {
      const { wall, cpu } = await measure(contender, times, clock);
      result.wall.push(wall / times);
      result.cpu.push(cpu / times);
    }
  }
  return turns.map(({ result }) => result);
}

/** How often it can be done in this time: doubled until it takes long enough, which also warms it up. */
async function timesWithin(contender: Contender, turnMs: number, clock: Clock): Promise<number> {
  for (let times = 1; ; times *= 2) {
    const { wall } = await measure(contender, times, clock);
    if (wall >= 250 * turnMs) return Math.max(1, Math.round((times * 1_000 * turnMs) / wall));
  }
}

async function measure(
  contender: Contender,
  times: number,
  clock: Clock,
): Promise<{ readonly wall: number; readonly cpu: number }> {
  const wallBefore = clock.wallMicros();
  const cpuBefore = clock.cpuMicros();
  await contender.run(times);
  return { cpu: clock.cpuMicros() - cpuBefore, wall: clock.wallMicros() - wallBefore };
}
