// Photos in the sizes of renditions, made by libvips when one is first asked for and kept for the
// runs after it. A browser that gets the originals instead spends most of its time on decoding
// them. Where libvips is not there it gets them.
import { execFile } from "node:child_process";
import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { basename, extname, join } from "node:path";
import { promisify } from "node:util";
import { root } from "../support/paths.mjs";

const folder = join(root, "test-results", "renditions");
const run = promisify(execFile);
const underWay = new Map(); // path -> promise of it

async function make(file, size, path) {
  mkdirSync(folder, { recursive: true });
  // Under a name of its own until it is whole: another suite may be asking for the same one.
  const draft = join(folder, `.${process.pid}-${basename(path)}`);
  try {
    await run("vipsthumbnail", [file, "-s", `${size}x${size}>`, "-o", `${draft}[Q=80,strip]`]);
    renameSync(draft, path);
    return path;
  } catch (error) {
    if (error.code !== "ENOENT") throw error;
    rmSync(draft, { force: true });
    return file;
  }
}

// The path of a JPEG of at most `size` px a side.
export async function rendition(file, size) {
  const path = join(folder, `${basename(file, extname(file))}-${size}.jpg`);
  if (existsSync(path)) return path;
  if (!underWay.has(path)) underWay.set(path, make(file, size, path));
  return underWay.get(path);
}
