// The patterns of the web's routes, read from its sources.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./paths.mjs";

const source = join(root, "web/src");

function files() {
  const folder = join(source, "routes");
  const inFolder = existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : [];
  return [join(source, "routes.ts"), ...inFolder].filter(
    (file) => file.endsWith(".ts") && !file.endsWith(".test.ts") && existsSync(file),
  );
}

export const routes = () =>
  files().flatMap((file) =>
    [...readFileSync(file, "utf8").matchAll(/pattern: "([^"]+)"/g)].map((match) => match[1]),
  );

// Those that no place leads to. Where several fit, the one with the fewest parameters answers.
export function unvisited(patterns, places) {
  const parameters = (pattern) => pattern.split(":").length;
  const expressions = patterns
    .toSorted((a, b) => parameters(a) - parameters(b))
    .map((pattern) => ({
      pattern,
      fits: new RegExp(`^${pattern.replace(/:\w+/g, "[^/]+")}$`),
    }));
  const seen = places.map(({ path }) => {
    const pathname = new URL(path, "http://127.0.0.1").pathname;
    return expressions.find(({ fits }) => fits.test(pathname))?.pattern;
  });
  return patterns.filter((pattern) => !seen.includes(pattern));
}
