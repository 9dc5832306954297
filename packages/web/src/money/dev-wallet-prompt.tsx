import { Dialog } from "@base-ui/react/dialog";
import type { ReactNode } from "react";
import { useText } from "../text/index.ts";
import { formatShortTon, Icon } from "../ui/index.ts";
import type { DevWalletRequest } from "../wallet/index.ts";
import "./money.css";

/** What a wallet's app would show. This one is simulated, and says so. */
export function DevWalletPrompt({ request }: { readonly request: DevWalletRequest }): ReactNode {
  const { money: text } = useText();
  const { answer, nanotons, to } = request;
  return (
    <Dialog.Root open onOpenChange={(isOpen) => void (isOpen || answer(false))}>
      <Dialog.Portal>
        <Dialog.Backdrop className="drawer-shade prompt-shade" />
        <Dialog.Popup className="prompt" data-dev-wallet>
          <Dialog.Title>
            <Icon name="wallet" /> {text.prompt.title}
          </Dialog.Title>
          <p className="prompt-amount number">{`${formatShortTon(nanotons)} TON`}</p>
          <p className="soft small">
            {text.prompt.to} <span className="mono">{to}</span>
          </p>
          <p className="small">{text.prompt.simulated}</p>
          <div className="actions">
            <button type="button" className="button main" onClick={() => answer(true)}>
              {text.prompt.approve}
            </button>
            <button type="button" className="button" onClick={() => answer(false)}>
              {text.prompt.refuse}
            </button>
          </div>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
