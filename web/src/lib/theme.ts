// Light, dark, or as the system is. The choice is a cookie, so that a server may write the page in
// it; where it has not, this does before anything is drawn.
export type Theme = "light" | "dark" | "system";

const name = "theme";
const kept = 400 * 24 * 60 * 60; // seconds; no browser keeps a cookie for longer

export function themeOf(cookies: string): Theme {
  const found = /(?:^|;\s*)theme=(light|dark)(?:;|$)/.exec(cookies)?.[1];
  return (found as Theme | undefined) ?? "system";
}

export function themeCookie(theme: Theme, secure: boolean): string {
  const age = theme === "system" ? 0 : kept;
  return `${name}=${theme}; Path=/; Max-Age=${age}; SameSite=Lax${secure ? "; Secure" : ""}`;
}

function show(theme: Theme): void {
  const root = document.documentElement;
  if (theme === "system") delete root.dataset.theme;
  else root.dataset.theme = theme;
  // What the browser draws around the page; each stands for one theme of the system.
  const chosen = getComputedStyle(root).getPropertyValue("--bg").trim();
  for (const meta of document.querySelectorAll<HTMLMetaElement>('meta[name="theme-color"]')) {
    meta.dataset.own ??= meta.content;
    meta.content = theme === "system" ? meta.dataset.own : chosen;
  }
}

export function chosenTheme(): Theme {
  return themeOf(document.cookie);
}

export function chooseTheme(theme: Theme): void {
  document.cookie = themeCookie(theme, location.protocol === "https:");
  show(theme);
}

export function startTheme(): void {
  show(chosenTheme());
}
