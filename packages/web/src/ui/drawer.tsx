import { Dialog } from "@base-ui/react/dialog";
import { type ReactNode, useEffect, useRef } from "react";
import { useText } from "../text/index.ts";
import { onTop } from "./back.ts";
import "./drawer.css";
import { Icon } from "./icon.tsx";

type Props = {
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly title: string;
  readonly children: ReactNode;
};

/** A sheet beside the page: from below on a phone, at the end of the line elsewhere. */
export function Drawer({ children, isOpen, onClose, title }: Props): ReactNode {
  const { app } = useText();
  const close = useRef(onClose);
  close.current = onClose;
  useEffect(() => (isOpen ? onTop(() => close.current()) : undefined), [isOpen]);
  return (
    <Dialog.Root open={isOpen} onOpenChange={(open) => void (open || onClose())}>
      <Dialog.Portal>
        <Dialog.Backdrop className="drawer-shade" />
        <Dialog.Popup className="drawer">
          <header>
            <Dialog.Title>{title}</Dialog.Title>
            <Dialog.Close className="button quiet" aria-label={app.close}>
              <Icon name="close" />
            </Dialog.Close>
          </header>
          <div className="drawer-body">{children}</div>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
