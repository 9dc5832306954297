// Light or dark: as the system has it, unless somebody chose.

export const themes = ["system", "light", "dark"] as const;

export type Theme = (typeof themes)[number];

const storedAs = "cocoon.theme";

export function currentTheme(): Theme {
  const stored = localStorage.getItem(storedAs);
  return themes.find((theme) => theme === stored) ?? "system";
}

/** Shows a theme from now on, and at the next visit. */
export function showTheme(theme: Theme): void {
  localStorage.setItem(storedAs, theme);
  applyTheme();
}

export function applyTheme(): void {
  const theme = currentTheme();
  if (theme === "system") delete document.documentElement.dataset["theme"];
  else document.documentElement.dataset["theme"] = theme;
}
