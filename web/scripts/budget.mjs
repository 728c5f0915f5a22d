// Fails the build where it grows beyond the budgets of the design (gzip bytes).
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const dist = new URL("../dist/", import.meta.url);
const html = readFileSync(new URL("index.html", dist), "utf8");
if (!existsSync(new URL("assets", dist))) throw new Error("dist/assets is missing");

const size = (path) => gzipSync(readFileSync(new URL(path, dist)), { level: 9 }).length;
const sum = (paths) => paths.reduce((total, path) => total + size(path), 0);
const files = readdirSync(new URL("assets", dist)).map((name) => `assets/${name}`);
const first = files.filter((path) => html.includes(path)); // what the shell asks for by itself
const later = files.filter((path) => path.endsWith(".js") && !first.includes(path));
const styles = files.filter((path) => path.endsWith(".css"));
const largest = Math.max(0, ...styles.filter((path) => !first.includes(path)).map(size));

const budgets = [
  ["first JavaScript", sum(first.filter((path) => path.endsWith(".js"))), 60_000],
  // A page loads the shell's, and its own: here the largest.
  ["CSS of a page", sum(styles.filter((path) => first.includes(path))) + largest, 12_000],
  ["HTML", size("index.html"), 14_000],
  ...later.map((path) => [path, size(path), 30_000]),
];
if (/<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=/.test(html)) {
  throw new Error("index.html holds inline script or style, which the security policy refuses");
}
for (const [name, bytes, limit] of budgets) {
  if (bytes > limit) throw new Error(`${name} has ${bytes} bytes (gzip); the budget is ${limit}`);
}
const [[, script], [, css]] = budgets;
console.log(`Within budget: ${script} bytes of JavaScript, ${css} of CSS (gzip).`);
