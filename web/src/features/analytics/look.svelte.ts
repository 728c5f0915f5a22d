// The colours that a canvas is drawn in: those of the theme, read again when it changes.
import type { Look } from "./draw";

export function readLook(): Look {
  const style = getComputedStyle(document.documentElement);
  const token = (name: string) => style.getPropertyValue(name).trim();
  return {
    dark: style.colorScheme === "dark",
    family: style.fontFamily,
    ink: token("--ink-3"),
    line: token("--line"),
    surface: token("--surface"),
  };
}

let look = $state.raw<Look | null>(null);

export function themeLook(): Look {
  return look ?? readLook();
}

// For as long as a chart is drawn.
export function watchTheme(): () => void {
  const read = () => (look = readLook());
  read();
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const chosen = new MutationObserver(read);
  dark.addEventListener("change", read);
  chosen.observe(document.documentElement, { attributeFilter: ["data-theme", "data-inter"] });
  return () => {
    dark.removeEventListener("change", read);
    chosen.disconnect();
  };
}
