// What "back" means: it closes what is open on top, else it leaves the page for the one before.

const open: (() => void)[] = [];
const listeners = new Set<() => void>();

/** Something is on top until the returned function is called; going back closes it. */
export function onTop(close: () => void): () => void {
  open.push(close);
  tell();
  return () => {
    const index = open.lastIndexOf(close);
    if (index >= 0) open.splice(index, 1);
    tell();
  };
}

export function canGoBack(): boolean {
  return open.length > 0 || !/^(?:#\/?)?$/.test(location.hash);
}

export function goBack(): void {
  const close = open.at(-1);
  if (close !== undefined) close();
  else if (history.length > 1) history.back();
  else location.hash = "#/";
}

export function onBackChange(listener: () => void): void {
  listeners.add(listener);
}

function tell(): void {
  for (const listener of listeners) listener();
}
