// The parts that the build makes of the application, beside one for each page.
//
// Each file that a page asks for takes a turn of the six connections that a browser opens, and on a
// phone a turn costs more than some kilobytes: so what every page needs is one part, and the pages
// that show photos are another, with all that they have in common. The styles of both are one file:
// it holds up every draw, and three of them took half of the connections.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";

const normal = (id) => id.split(sep).join("/");
const photoPages = [
  "accounts/Profile", "feed/Home", "feed/Popular", "feed/Recent", "feed/Tag", "photos/Photo",
].map((name) => `/features/${name}Page.svelte`);
const isPhotoPage = (id) => photoPages.some((path) => normal(id).endsWith(path));

// Small, and wanted by so many other pages that these would load the part of the photos for it.
const everywhere = [
  "features/likes/LikeButton.svelte", "features/photos/Picture.svelte",
  "features/photos/events.ts", "features/photos/opened.svelte.ts", "features/photos/watch.ts",
  "lib/renditions.ts", "lib/share.ts", "lib/sizes.json", "lib/thumbhash.ts",
  "ui/IconButton.svelte", "node_modules/thumbhash/thumbhash.js",
];
const isEverywhere = (id) =>
  normal(id).includes("/node_modules/svelte/") ||
  everywhere.some((path) => normal(id).endsWith(path));

const source = fileURLToPath(new URL("../src/", import.meta.url));
const imports = /^(?:\s*(?:im|ex)port\s(?!type\s)[^;]*?from|\s*import)\s*"(\.[^"]*)";/gm;

// A file of ours, and every one that comes with it.
function filesOf(path, found) {
  const file = [path, `${path}.ts`, join(path, "index.ts")]
    .find((each) => /\.\w+$/.test(each) && existsSync(each));
  if (!file || found.has(normal(file))) return;
  found.add(normal(file));
  if (!/\.(ts|svelte)$/.test(file)) return;
  for (const [, other] of readFileSync(file, "utf8").matchAll(imports)) {
    filesOf(resolve(dirname(file), other), found);
  }
}

const early = new Set();
for (const path of ["main.ts", ...photoPages]) filesOf(join(source, path), early);
const isStyle = (id) => /\.css$/.test(id);
const isEarlyStyle = (id) => isStyle(id) && early.has(normal(id).split("?")[0]);

// What an upload may be, which three pages tell: of two small files.
const isLimit = (id) => /\/(lib\/pictures|features\/uploads\/limits)\.ts$/.test(normal(id));

export const groups = [
  { name: "styles", test: isEarlyStyle, priority: 3 },
  { name: "start", tags: ["$initial"], priority: 2 },
  { name: "shared", test: isEverywhere, priority: 2 },
  { name: "photos", test: isPhotoPage, priority: 1 },
  { name: "limits", test: isLimit, priority: 1 },
];

// Names those pages in the manifest, which knows them by their part alone.
export function namePages() {
  return {
    name: "name-pages",
    apply: "build",
    writeBundle({ dir }, bundle) {
      const path = join(dir, ".vite/manifest.json");
      const manifest = JSON.parse(readFileSync(path, "utf8"));
      const parts = Object.values(manifest);
      for (const { fileName, moduleIds = [] } of Object.values(bundle)) {
        for (const id of moduleIds.filter(isPhotoPage)) {
          const source = normal(relative(join(dir, ".."), id));
          const part = parts.find(({ file }) => file === fileName);
          manifest[source] = { ...part, src: source, isDynamicEntry: true };
        }
      }
      writeFileSync(path, JSON.stringify(manifest, null, 2));
    },
  };
}

// Nearly all of what these hold is called before the first draw. Browsers compile a function when
// it is called, 600 of them here, on the thread that draws; with this line, which must be the
// first, they compile it all while the file comes, on another thread (ADR 0049).
const atOnce = ["index", "shared", "photos"];
const firstLine = "//# allFunctionsCalledOnLoad\n";

export function compileAtOnce() {
  return {
    name: "compile-at-once",
    apply: "build",
    writeBundle({ dir }, bundle) {
      const parts = Object.values(bundle).filter(({ type, name }) =>
        type === "chunk" && atOnce.includes(name));
      if (parts.length !== atOnce.length) throw new Error("the parts have other names");
      for (const { fileName } of parts) {
        const path = join(dir, fileName);
        writeFileSync(path, firstLine + readFileSync(path, "utf8"));
      }
    },
  };
}
