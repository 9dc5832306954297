// Peers that are slow, lie, garble what they say, do not pay: roles of the product with lines of theirs changed, and an
// engine in a bad mood. What they do to others is what is looked at.

import type { RoleName } from "../../packages/cli/src/home.ts";
import { badMoods } from "../network/backend.ts";
import type { Network } from "../network/network.ts";
import type { Patch } from "../network/patch.ts";
import { comes, type FaultKind, rest } from "./fault.ts";

/** Said by crooked code when it does what it is here for. */
const mark = "chaos: crooked";
/** How long a crook gets to do harm: enough on a busy machine. */
const crookMs = 30_000;

const moods = badMoods.map((mood): FaultKind => {
  return {
    kind: `engine ${mood}`,
    felt: "the engine answered so",
    draw: (chance) => {
      const ms = chance.between(300, 2_500);
      return {
        what: `for ${ms} ms`,
        inflict: async ({ backend }) => {
          const before = backend.answered.get(mood) ?? 0;
          backend.mood = mood;
          const isFelt = await comes(() => (backend.answered.get(mood) ?? 0) > before, crookMs);
          await rest(ms);
          backend.mood = "honest";
          return isFelt;
        },
      };
    },
  };
});

/** What is sent is noise: nothing that could pass for a lie, which a peer may tell at its own cost. */
const garble: Patch = {
  file: "protocol/dist/wire/connection.js",
  find: "if (this.#outbox.add(stream, type, payload))",
  replace: `if (type !== 1 && payload.length > 0 && Math.random() < 0.01) {
      process.stderr.write("${mark}\\n");
      const length = 1 + Math.floor(Math.random() * payload.length);
      payload = globalThis.crypto.getRandomValues(new Uint8Array(length));
    }
    if (this.#outbox.add(stream, type, payload))`,
};

type Crook = {
  readonly kind: string;
  readonly felt: string;
  readonly roles: readonly RoleName[];
  readonly patches: readonly Patch[];
  /** Goes on until what it may take at most is taken, not for a time. */
  readonly takesCredit: boolean;
};

/** More than the credit window is worth, and as many refusals as there are callers: one of the two comes. */
const unpaidAnswers = 60;
const unpaidRefusals = 6;

export const crooks: readonly Crook[] = [
  {
    kind: "garbling gateway",
    felt: "a frame of noise was sent",
    takesCredit: false,
    roles: ["gateway"],
    patches: [garble],
  },
  {
    kind: "garbling proxy",
    felt: "a frame of noise was sent",
    takesCredit: false,
    roles: ["proxy"],
    patches: [garble],
  },
  {
    kind: "garbling worker",
    felt: "a frame of noise was sent",
    takesCredit: false,
    roles: ["worker-1", "worker-2"],
    patches: [garble],
  },
  {
    kind: "gateway that does not pay",
    felt: "a voucher was due and not sent",
    takesCredit: true,
    roles: ["gateway"],
    patches: [
      {
        // What was open is paid as it attaches, and nothing after that.
        file: "sdk/dist/session/account.js",
        find: "async pay() {",
        replace: `async pay() {
        if (this.hasPaid) return void process.stderr.write("${mark}\\n");
        this.hasPaid = true;`,
      },
    ],
  },
  {
    kind: "proxy that does not pay",
    felt: "a voucher was due and not sent",
    takesCredit: true,
    roles: ["proxy"],
    patches: [
      {
        file: "services/dist/proxy/payments.js",
        find: "signVoucher(sessionKey, networkId, channel.address, channel.owed)",
        replace: `(process.stderr.write("${mark}\\n"), signVoucher(sessionKey, networkId, channel.address, 0n))`,
      },
    ],
  },
  {
    kind: "worker that overcharges",
    felt: "a receipt asked for more tokens than there were",
    takesCredit: false,
    roles: ["worker-1", "worker-2"],
    patches: [
      {
        file: "services/dist/worker/answer.js",
        find: "usage: finish.usage,",
        replace: `usage: (process.stderr.write("${mark}\\n"), { ...finish.usage, completionTokens: 100_000 }),`,
      },
    ],
  },
];

export const crookFaults: readonly FaultKind[] = [
  ...moods,
  ...crooks.map(({ felt, kind, patches, roles, takesCredit }): FaultKind => {
    return {
      kind,
      felt,
      draw: (chance) => {
        const role = chance.pick(roles);
        const ms = chance.between(1_000, 4_000);
        return {
          what: takesCredit ? role : `${role}, for ${ms} ms`,
          inflict: (network) => turn(network, { role, patches, ms, takesCredit }),
        };
      },
    };
  }),
];

type Turn = {
  readonly role: RoleName;
  readonly patches: readonly Patch[];
  readonly ms: number;
  readonly takesCredit: boolean;
};

async function turn(
  { load, roles }: Network,
  { ms, patches, role, takesCredit }: Turn,
): Promise<boolean> {
  const process = roles[role];
  const before = process.countInLog(mark);
  await process.kill();
  await process.start(patches);
  const isFelt = await comes(() => process.countInLog(mark) > before, crookMs);
  if (takesCredit) {
    const answers = load.acknowledged.length + unpaidAnswers;
    const refusals = load.refused + unpaidRefusals;
    await comes(() => load.acknowledged.length >= answers || load.refused >= refusals, crookMs);
  } else {
    await rest(ms);
  }
  await process.kill();
  await process.start();
  return isFelt;
}
