// Where things lie, from the repository's root.
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { join, resolve } from "node:path";

export const root = fileURLToPath(new URL("../../..", import.meta.url));
export const dist = join(root, "web", "dist");
export const screens = join(root, "test-results", "screens");
export const shared = resolve(process.env.PICSHARZ_SHARED ?? join(root, "..", "shared"));
export const photos = join(shared, "photos");

// For node:test's `skip`: false, or the reason that is printed beside the test's name.
export function missing(path, what) {
  return existsSync(path) ? false : `${what} is missing: ${path}`;
}
