import "./tokens.css";
import "./pieces.css";

export { Cocoon } from "./cocoon.tsx";
export { Copy } from "./copy.tsx";
export { Drawer } from "./drawer.tsx";
export { Empty, Notice } from "./notice.tsx";
export { Picker, type PickerOption } from "./picker.tsx";
export {
  formatAgo,
  formatBytes,
  formatCount,
  formatShortTon,
  formatTime,
  shorten,
} from "./format.ts";
export { Icon, type IconName } from "./icon.tsx";
export { StrictStyles } from "./strict-styles.tsx";
export { applyTheme, currentTheme, showTheme, type Theme, themes } from "./theme.ts";
export { useNow } from "./use-now.ts";
