import { lazy, type ReactNode, Suspense, useState } from "react";
import { useLive } from "../live/index.ts";
import type { NetworkDescription } from "../network/index.ts";
import { useText } from "../text/index.ts";
import { Drawer, Icon } from "../ui/index.ts";
import { devWalletRequest, remoteRequest } from "../wallet/index.ts";
import { useFunding } from "./use-money.ts";

const MoneySheet = lazy(async () => ({ default: (await import("./money-sheet.tsx")).MoneySheet }));
const DevWalletPrompt = lazy(async () => ({
  default: (await import("./dev-wallet-prompt.tsx")).DevWalletPrompt,
}));

const RemotePrompt = lazy(async () => ({
  default: (await import("./remote-prompt.tsx")).RemotePrompt,
}));

/** Who pays, at a glance; behind it the channel, and the wallet. */
export function MoneyButton({ network }: { readonly network: NetworkDescription }): ReactNode {
  const { app, money: text } = useText();
  const [isOpen, setIsOpen] = useState(false);
  const funding = useFunding(network);
  const request = useLive(devWalletRequest);
  const remote = useLive(remoteRequest);
  const label =
    funding === undefined ? text.connect : funding.kind === "demo" ? text.demo : text.wallet;
  return (
    <>
      <button
        type="button"
        className="button quiet tight"
        data-funding={funding?.kind ?? "none"}
        onClick={() => setIsOpen(true)}
      >
        <Icon name="wallet" /> {label}
      </button>
      <Drawer isOpen={isOpen} onClose={() => setIsOpen(false)} title={text.title}>
        <Suspense fallback={<p className="soft">{app.loading}…</p>}>
          <MoneySheet network={network} />
        </Suspense>
      </Drawer>
      <Suspense fallback={undefined}>
        {request !== undefined && <DevWalletPrompt request={request} />}
        {remote !== undefined && <RemotePrompt {...remote} />}
      </Suspense>
    </>
  );
}
