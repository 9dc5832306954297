import type { ReactNode } from "react";
import { Icon, type IconName } from "./icon.tsx";

type NoticeProps = {
  readonly kind?: "good" | "caution" | "bad";
  readonly children: ReactNode;
};

const icons: Readonly<Record<"good" | "caution" | "bad", IconName>> = {
  good: "holds",
  caution: "warning",
  bad: "fails",
};

export function Notice({ children, kind }: NoticeProps): ReactNode {
  return (
    <div className={`notice ${kind ?? ""}`} role={kind === "bad" ? "alert" : "note"}>
      {kind !== undefined && <Icon name={icons[kind]} />}
      <div>{children}</div>
    </div>
  );
}

type EmptyProps = {
  readonly icon: IconName;
  readonly title: string;
  readonly children?: ReactNode;
};

/** Where something would be, and what brings it. */
export function Empty({ children, icon, title }: EmptyProps): ReactNode {
  return (
    <div className="empty">
      <Icon name={icon} />
      <h3>{title}</h3>
      {children !== undefined && <p>{children}</p>}
    </div>
  );
}
