// The client in this page: it verifies, seals, pays and checks here. Loaded when somebody is about to ask.

import { nanotons, networkIds } from "@cocoon/protocol";
import {
  createDevnetPayer,
  openPageClient,
  type PageClient,
  type Payer,
  type ReceiptState,
} from "@cocoon/sdk";
import type { NetworkDescription } from "../network/index.ts";
import { profiles } from "../verify/index.ts";
import { createConnectPayer } from "../wallet/index.ts";
import { createDesk } from "./desk.ts";
import type { Funding } from "./funding.ts";

export type FundedClient = {
  readonly client: PageClient;
  readonly funding: Funding;
  /** Resolves when a proxy has attached a channel; a wallet may have to be asked for one first. Throws what it said. */
  readonly attached: () => Promise<void>;
  /** Lets the payer be asked while a task runs. At any other time nobody is bothered: what would need money fails. */
  readonly paying: <Result>(task: () => Promise<Result>) => Promise<Result>;
};

/** The most that a demo session can lose, in coins that are worth nothing. */
const demoDepositNanotons = 1_000_000_000n;

/** Opens a client that this pays for. Throws as openPageClient(). */
export async function openFundedClient(
  network: NetworkDescription,
  funding: Funding,
  onProved: (receipt: string, reached: ReceiptState) => void,
): Promise<FundedClient> {
  const { deposit, payer } = payingFor(network, funding);
  const desk = createDesk(payer);
  const client = await openPageClient({
    network,
    payer: desk.payer,
    profiles,
    depositNanotons: nanotons(deposit),
    ...(network.networkId === networkIds.devnet && { tier: "dev" as const }),
    onProved,
  });
  const attached = (): Promise<void> =>
    desk.paying(async (refused) => {
      for (;;) {
        try {
          await client.sessions.next(refused.signal);
          return;
        } catch (error) {
          // Who reads what a wallet shows takes longer than a proxy may.
          if (refused.signal.aborted || !desk.isAsking()) throw refused.signal.reason ?? error;
        }
      }
    });
  return { client, funding, attached, paying: desk.paying };
}

type Paying = { readonly payer: Payer; readonly deposit: bigint };

function payingFor(network: NetworkDescription, funding: Funding): Paying {
  if (funding.kind === "demo") {
    return { payer: createDevnetPayer(network), deposit: demoDepositNanotons };
  }
  const payer = createConnectPayer(network, funding.address);
  return { payer, deposit: BigInt(funding.depositNanotons) };
}
