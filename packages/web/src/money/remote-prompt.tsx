import { Dialog } from "@base-ui/react/dialog";
import { type ReactNode, useEffect } from "react";
import { isLaunchedByTelegram, openInTelegram } from "../telegram/index.ts";
import { useText } from "../text/index.ts";
import { Icon } from "../ui/index.ts";
import { type RemoteRequest, remoteRequest } from "../wallet/index.ts";
import "./money.css";

/**
 * Leads to the app where a payment waits. On a phone and in Telegram it is opened at once; a browser that lets no page open
 * anything leaves the link.
 */
export function RemotePrompt({ app, link }: RemoteRequest): ReactNode {
  const { money: text } = useText();
  useEffect(() => {
    if (isLaunchedByTelegram()) openInTelegram(link);
    else if (matchMedia("(pointer: coarse)").matches) window.open(link, "_blank", "noreferrer");
  }, [link]);
  const hide = (): void => remoteRequest.write(undefined);
  return (
    <Dialog.Root open onOpenChange={(isOpen) => void (isOpen || hide())}>
      <Dialog.Portal>
        <Dialog.Backdrop className="drawer-shade prompt-shade" />
        <Dialog.Popup className="prompt" data-remote-wallet>
          <Dialog.Title>
            <Icon name="wallet" /> {text.remote.title}
          </Dialog.Title>
          <p>{text.remote.waits(app)}</p>
          <div className="actions">
            <a
              className="button main"
              href={link}
              target="_blank"
              rel="noreferrer"
              onClick={(event) => openInTelegram(link) && event.preventDefault()}
            >
              {text.openApp(app)}
            </a>
            <button type="button" className="button" onClick={hide}>
              {text.remote.hide}
            </button>
          </div>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
