// What a drawer looks like, and how it behaves. Loaded when one is opened first.

import { Dialog } from "@base-ui/react/dialog";
import type { ReactNode } from "react";
import { useText } from "../text/index.ts";
import { Icon } from "./icon.tsx";
import "./sheet.css";

export type SheetProps = {
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly title: string;
  readonly children: ReactNode;
};

export function Sheet({ children, isOpen, onClose, title }: SheetProps): ReactNode {
  const { app } = useText();
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
