import "./tokens.css";
import "./pieces.css";

export { canGoBack, goBack, onBackChange } from "./back.ts";
export { Cocoon } from "./cocoon.tsx";
export { Copy } from "./copy.tsx";
export { Defined } from "./defined.tsx";
export { Drawer } from "./drawer.tsx";
export { Empty, Notice } from "./notice.tsx";
export { Picker } from "./picker.tsx";
export type { PickerOption } from "./picker-face.tsx";
export {
  formatAgo,
  formatBytes,
  formatCount,
  formatShortTon,
  formatTime,
  shorten,
} from "./format.ts";
export { type Fact, Facts } from "./facts.tsx";
export { Icon, type IconName } from "./icon.tsx";
export { later, type Later } from "./later.ts";
export { StrictStyles } from "./strict-styles.tsx";
export { applyTheme, currentTheme, showTheme, type Theme, themes } from "./theme.ts";
export { useNarrow } from "./use-narrow.ts";
export { useNow } from "./use-now.ts";
