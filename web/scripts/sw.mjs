// Writes dist/sw.js: src/sw with the names of the files that the first page needs. It is one file
// without imports, because a service worker that imports needs more than browsers agree on.
import { createHash } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import { build } from "vite";

const dist = new URL("../dist/", import.meta.url);
const html = readFileSync(new URL("index.html", dist), "utf8");
const files = readdirSync(new URL("assets", dist))
  .map((name) => `/assets/${name}`)
  .filter((path) => html.includes(path))
  .sort();
const version = createHash("sha256").update(html).digest("hex").slice(0, 12);

await build({
  configFile: false,
  logLevel: "warn",
  root: new URL("..", import.meta.url).pathname,
  publicDir: false,
  define: { VERSION: JSON.stringify(version), FILES: JSON.stringify(files) },
  build: {
    target: "es2022",
    outDir: "dist",
    emptyOutDir: false,
    lib: { entry: "src/sw/sw.ts", formats: ["iife"], name: "worker", fileName: () => "sw.js" },
  },
});
