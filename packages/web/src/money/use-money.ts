import type { HeldChannel } from "@cocoon/sdk";
import { useEffect, useState, useSyncExternalStore } from "react";
import { useLive } from "../live/index.ts";
import type { NetworkDescription } from "../network/index.ts";
import { type Funding, fundingOf, onFunding, openClient } from "../session/index.ts";
import { moneyState, type MoneyState } from "./money-store.ts";

export function useMoney(): MoneyState {
  return useLive(moneyState);
}

/** Who pays on this network now. */
export function useFunding(network: NetworkDescription): Funding | undefined {
  const shown = useSyncExternalStore(onFunding, () => JSON.stringify(fundingOf(network)));
  // A string is the same while what it says is.
  return shown === undefined ? undefined : fundingOf(network);
}

const everyMs = 2_000;

/** The channels that a wallet's owner has here, looked at again and again; undefined until they were. */
export function useHeldChannels(
  network: NetworkDescription,
  isWanted: boolean,
): readonly HeldChannel[] | undefined {
  const [channels, setChannels] = useState<readonly HeldChannel[]>();
  useEffect(() => {
    if (!isWanted) return;
    let isCurrent = true;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const look = async (): Promise<void> => {
      try {
        const { client } = await openClient(network);
        const held = await client.money.list();
        if (isCurrent) setChannels(held);
      } catch {
        // The chain is away: what was seen last stays, and it is asked again.
      }
      if (isCurrent) timer = setTimeout(() => void look(), everyMs);
    };
    void look();
    return () => {
      isCurrent = false;
      clearTimeout(timer);
      setChannels(undefined);
    };
  }, [network, isWanted]);
  return channels;
}
