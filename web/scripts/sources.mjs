// The sources of the application, for the checks that read them.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const web = fileURLToPath(new URL("..", import.meta.url));

// Every file of src/ with one of these endings: its path from web/ and its text.
export function sources(...endings) {
  return readdirSync(join(web, "src"), { recursive: true })
    .map((name) => `src/${String(name).replaceAll("\\", "/")}`)
    .filter((path) => endings.some((ending) => path.endsWith(ending)))
    .filter((path) => !path.endsWith(".test.ts") && !path.endsWith("schema.d.ts"))
    .sort()
    .map((path) => ({ path, text: readFileSync(join(web, path), "utf8") }));
}

// Prints what is wrong and ends the check; `what` names it where nothing is.
export function report(what, problems) {
  for (const problem of problems) console.error(problem);
  if (problems.length > 0) process.exitCode = 1;
  else console.log(`${what}: nothing to say.`);
}
