// Writes dist/assets/starter-HASH.js: src/starter.ts by itself, for documents that start with it.
import { createHash } from "node:crypto";
import { readFileSync, readdirSync, renameSync } from "node:fs";
import { build } from "vite";

const assets = new URL("../dist/assets/", import.meta.url);
const tables = readdirSync(assets).find((name) => /^tables\.worker-[\w-]+\.js$/.test(name));
if (!tables) throw new Error("there is no worker that reads the tables");

await build({
  configFile: false,
  logLevel: "warn",
  root: new URL("..", import.meta.url).pathname,
  publicDir: false,
  define: { TABLES: JSON.stringify(`/assets/${tables}`) },
  build: {
    target: "es2022",
    outDir: "dist/assets",
    emptyOutDir: false,
    lib: { entry: "src/starter.ts", formats: ["es"], fileName: () => "starter.js" },
  },
});
const built = new URL("starter.js", assets);
const hash = createHash("sha256").update(readFileSync(built)).digest("base64url").slice(0, 8);
renameSync(built, new URL(`starter-${hash}.js`, assets));
