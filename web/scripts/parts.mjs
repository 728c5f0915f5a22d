// The parts that the build makes of the application, beside one for each page.
//
// Each file that a page asks for takes a turn of the six connections that a browser opens, and on a
// phone a turn costs more than some kilobytes: so what every page needs is one part, and the pages
// that show photos are another, with all that they have in common.
import { readFileSync, writeFileSync } from "node:fs";
import { join, relative, sep } from "node:path";

const normal = (id) => id.split(sep).join("/");
const photoPages = [
  "accounts/Profile", "feed/Home", "feed/Popular", "feed/Recent", "feed/Tag", "photos/Photo",
].map((name) => `/features/${name}Page.svelte`);
const isPhotoPage = (id) => photoPages.some((path) => normal(id).endsWith(path));

// Small, and wanted by so many other pages that these would load the part of the photos for it.
const everywhere = [
  "features/photos/Picture.svelte", "features/photos/events.ts", "features/photos/watch.ts",
  "lib/countries.ts", "lib/renditions.ts", "lib/share.ts", "lib/sizes.json", "lib/thumbhash.ts",
  "ui/IconButton.svelte", "node_modules/thumbhash/thumbhash.js",
];
const isEverywhere = (id) =>
  normal(id).includes("/node_modules/svelte/") ||
  everywhere.some((path) => normal(id).endsWith(path));

export const groups = [
  { name: "start", tags: ["$initial"], priority: 2 },
  { name: "shared", test: isEverywhere, priority: 2 },
  { name: "photos", test: isPhotoPage, priority: 1 },
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
