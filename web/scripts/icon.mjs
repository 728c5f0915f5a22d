// The icon of a tab stands in the document: it is smaller than what a browser says to ask for it,
// and would take one of the six connections from the program.
import { readFileSync } from "node:fs";

const icon = new URL("../src/icon.svg", import.meta.url);

export function iconInside() {
  return {
    name: "icon-inside",
    transformIndexHtml: {
      order: "pre",
      handler(html) {
        const svg = readFileSync(icon, "utf8").trim();
        return html.replace("/src/icon.svg", `data:image/svg+xml,${encodeURIComponent(svg)}`);
      },
    },
  };
}
