import { CSPProvider } from "@base-ui/react/csp-provider";
import type { ReactNode } from "react";

/** Keeps the components in it from making style elements, which the page's policy refuses. */
export function StrictStyles({ children }: { readonly children: ReactNode }): ReactNode {
  return <CSPProvider disableStyleElements>{children}</CSPProvider>;
}
