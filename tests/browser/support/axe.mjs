// axe-core over a page as it stands, by the rules of WCAG 2.0 to 2.2, A and AA.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const source = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

async function run(wanted) {
  const options = { runOnly: { type: "tag", values: wanted }, preload: false,
    resultTypes: ["violations"] };
  const { violations } = await window.axe.run(document, options);
  return violations.map(({ id, help, nodes }) => ({
    rule: id,
    help,
    where: nodes.map(({ target, failureSummary }) => `${target.join(" ")}: ${failureSummary}`),
  }));
}

// [{rule, help, where: [text]}]; nothing is wrong where it is empty.
export async function violations(page) {
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(source);
  return page.evaluate(run, tags);
}
