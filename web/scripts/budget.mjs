// Fails the build where it grows beyond the budgets of the design: bytes as they are sent.
import { readdirSync, readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { cataloguesOf, routes } from "./shell.mjs";

const dist = new URL("../dist/", import.meta.url);
const html = readFileSync(new URL("index.html", dist), "utf8");
const manifest = JSON.parse(readFileSync(new URL(".vite/manifest.json", dist), "utf8"));

const kept = new Map();
function size(path) {
  if (!kept.has(path)) {
    const bytes = readFileSync(new URL(path, dist));
    kept.set(path, path.endsWith(".woff2") ? bytes.length : gzipSync(bytes, { level: 9 }).length);
  }
  return kept.get(path);
}
const sum = (paths) => [...paths].reduce((total, path) => total + size(path), 0);

const files = readdirSync(new URL("assets", dist)).map((name) => `assets/${name}`);
const ending = (paths, end) => [...paths].filter((path) => path.endsWith(end));
const first = new Set(files.filter((path) => html.includes(path))); // what the shell asks for

// What comes with a part of the program: its own files, and those of what it imports.
function withImports(key, found = new Set()) {
  const { file, css = [], imports = [] } = manifest[key];
  if (found.has(file)) return found;
  for (const path of [file, ...css]) found.add(path);
  for (const one of imports) withImports(one, found);
  return found;
}

// What parts whose source begins so add to what is there at first, or on the page they lie over.
function added(sources, below) {
  const begins = [sources].flat();
  const keys = Object.keys(manifest).filter((key) => begins.some((one) => key.startsWith(one)));
  const all = new Set(keys.flatMap((key) => [...withImports(key)]));
  const there = new Set([...first, ...(below ? withImports(below) : [])]);
  return new Set([...all].filter((path) => !there.has(path)));
}

const photoPage = "src/features/photos/PhotoPage.svelte";
const pages = Object.keys(manifest).filter((key) => manifest[key].isDynamicEntry);
const styles = (paths) => sum(ending(paths, ".css"));
const script = (paths) => sum(ending(paths, ".js"));
const largest = Math.max(0, ...pages.map((key) => styles(added(key))));
// What the page with the most of it has fetched once its charts and its map are drawn: nobody opens
// all the rooms of the administration at once.
const house = /^src\/features\/(admin|analytics|backups|costs|queries)\//;
const drawing = Object.keys(manifest)
  .filter((key) => /node_modules\/uplot\/|virtual.world/.test(key));
const administration = Math.max(0, ...pages.filter((key) => house.test(key))
  .map((key) => script(added([key, ...drawing]))));
const fonts = sum(ending(files, ".woff2"));
const view = script(first) + styles(first) + largest + size("index.html") + fonts;

// What a reader of a language fetches besides: the texts of every page, and those of the page with
// the most of them. Those of refusals come after the first draw.
function texts(language) {
  const areas = cataloguesOf(manifest, language);
  const bytes = (wanted) =>
    sum(new Set(wanted.flatMap((area) => areas[area] ?? []).map((path) => path.slice(1))));
  return bytes(["core"]) + Math.max(...routes().map(({ say }) => bytes(say)));
}
const languages = readdirSync(new URL("../src/i18n", import.meta.url))
  .flatMap((name) => /^spoken-(.+)\.ts$/.exec(name)?.[1] ?? []);

const budgets = [
  ["first JavaScript", script(first), 60_000],
  // A page loads the shell's, and its own: here the largest.
  ["CSS of a page", styles(first) + largest, 12_000],
  ["HTML", size("index.html"), 14_000],
  ["fonts", fonts, 50_000],
  ["first view", view, 130_000],
  ["viewer", script(added("src/features/viewer/", photoPage)), 10_000],
  ["administration", administration, 60_000],
  ...languages.map((name) => [`first view in ${name}`, view + texts(name), 130_000]),
  ...pages.map((key) => [key, script(added(key)), 30_000]), // the upload among them
];
if (/<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=/.test(html)) {
  throw new Error("index.html holds inline script or style, which the security policy refuses");
}
const heaviest = budgets.filter(([name]) => name.startsWith("first view in"))
  .sort(([, one], [, other]) => other - one)[0];
for (const [name, bytes, limit] of budgets) {
  if (bytes > limit) throw new Error(`${name} has ${bytes} bytes; the budget is ${limit}`);
}
const told = [...budgets.slice(0, 5), heaviest]
  .map(([name, bytes]) => `${name} ${(bytes / 1000).toFixed(1)}`);
console.log(`Within budget (kB): ${told.join(", ")}.`);
