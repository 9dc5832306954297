import { type ReactNode, useEffect, useRef } from "react";
import { onTop } from "./back.ts";
import { later } from "./later.ts";
import type { SheetProps } from "./sheet.tsx";

const sheet = later(async () => (await import("./sheet.tsx")).Sheet);

/** A sheet beside the page: from below on a phone, at the end of the line elsewhere. */
export function Drawer({ children, isOpen, onClose, title }: SheetProps): ReactNode {
  const Sheet = sheet.usePart();
  const close = useRef(onClose);
  close.current = onClose;
  useEffect(() => (isOpen ? onTop(() => close.current()) : undefined), [isOpen]);
  useEffect(() => (isOpen ? sheet.want() : undefined), [isOpen]);
  return (
    Sheet && (
      <Sheet isOpen={isOpen} onClose={onClose} title={title}>
        {children}
      </Sheet>
    )
  );
}
