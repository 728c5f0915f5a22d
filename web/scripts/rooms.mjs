// Keeps the arrows between the rooms of src/ on its import lines:
//
//   main.ts -> app -> routes -> features -> ui -> lib -> api -> i18n
//
// Within features the order below holds. Pages and views are compositions: they may put together
// what any feature has, and nothing but a route (or a composition of the same folder) uses them.
import { posix } from "node:path";
import { fileURLToPath } from "node:url";
import { report, sources } from "./sources.mjs";

const rooms = {
  i18n: [],
  api: ["i18n"],
  lib: ["api", "i18n"],
  ui: ["lib", "api", "i18n"],
  features: ["ui", "lib", "api", "i18n"],
  routes: ["features", "lib", "i18n"],
  app: ["routes", "features", "ui", "lib", "api", "i18n"],
  main: ["app", "styles", "lib", "api", "i18n"],
  sw: [], // a bundle of its own
  starter: ["lib"], // the same
};

// A feature may import those above it; the folders of one line know nothing of each other.
const order = [
  ["sessions"],
  ["appearance"],
  ["accounts"],
  ["follows"],
  ["photos"],
  ["moderation"],
  ["likes", "comments", "collections", "similar", "suggestions"],
  ["uploads", "viewer"],
  ["feed", "search"],
  ["notifications"],
  ["admin"],
  ["analytics"],
  ["data", "help", "costs", "backups", "installation", "queries"],
];
const rank = new Map(order.flatMap((names, index) => names.map((name) => [name, index])));

const isComposition = (path) => /(Page|View)\.svelte$/.test(path);
const room = (path) => /^src\/(main|starter)\.ts$/.exec(path)?.[1] ?? path.split("/")[1];

// What is wrong with `path` importing `target`, or null.
export function judge(path, target) {
  const [from, to] = [room(path), room(target)];
  if (rooms[from] === undefined) return `${from} is no room`;
  if (from !== to && !rooms[from].includes(to)) return `${from} does not use ${to}`;
  if (to !== "features") return null;
  if (from !== "features") return foreign(from, target);
  const [folder, other] = [path.split("/")[2], target.split("/")[2]];
  const unknown = [folder, other].find((name) => !rank.has(name));
  if (unknown !== undefined) return `${unknown} has no place in the order`;
  if (isComposition(target)) {
    return isComposition(path) && folder === other ? null : "a composition is used by routes only";
  }
  if (folder === other || isComposition(path)) return null;
  return rank.get(other) < rank.get(folder) ? null : `${folder} comes before ${other}`;
}

function foreign(from, target) {
  if (from === "routes") return /Page\.svelte$/.test(target) ? null : "routes lead to pages";
  return isComposition(target) ? "a composition is used by routes only" : null;
}

const importing = /(?:\bfrom|\bimport)\s*\(?\s*"(\.[^"]*)"/g;

export function imports(path, text) {
  const targets = [...text.matchAll(importing)].map(([, target]) => target.replace(/\?.*$/, ""));
  return targets.map((target) => posix.normalize(posix.join(posix.dirname(path), target)));
}

export function problems(files) {
  return files.flatMap(({ path, text }) =>
    imports(path, text).flatMap((target) => {
      const wrong = judge(path, target);
      return wrong ? [`${path}: imports ${target}: ${wrong}`] : [];
    }),
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  report("Rooms", problems(sources(".ts", ".svelte")));
}
