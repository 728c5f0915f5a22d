// Lighthouse, as a phone, on the five pages that ui.md names, of a server with some photographs.
//
//   node lighthouse.mjs --runs 3 [--json]      performance of each page, the median of 3
//
// lighthouse.test.mjs asks for what does not depend on speed; only make bench asks for the rest.
import { readdirSync } from "node:fs";
import { constants, setPriority } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import lighthouse from "lighthouse";
import puppeteer from "puppeteer-core";
import { photos } from "../browser/support/paths.mjs";
import { startServer } from "../browser/support/server.mjs";
import { owner, seed } from "./seed.mjs";

const flags = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync"];

// `open`: seen by visitors and search engines.
export const pages = {
  home: { path: () => "/", open: false },
  explore: { path: () => "/recent", open: true },
  profile: { path: () => `/@${owner.handle}`, open: true },
  photo: { path: ({ photo }) => `/photo/${photo}`, open: true },
  upload: { path: () => "/upload", open: false },
};

export function photographs(count) {
  return readdirSync(photos)
    .filter((name) => /\.jpe?g$/i.test(name))
    .sort()
    .slice(0, count)
    .map((name) => join(photos, name));
}

// One browser, one server, many pages. `stop` ends both.
export async function laboratory(count) {
  const server = await startServer();
  let browser;
  const stop = async () => {
    await browser?.close();
    await server.stop();
  };
  try {
    const seeded = await seed(server, photographs(count));
    browser = await puppeteer.launch({
      executablePath: process.env.CHROME_PATH ?? "/usr/bin/chromium",
      args: flags,
    });
    // What watches must not take the processor from what it watches: both have two cores.
    setPriority(constants.priority.PRIORITY_LOW);
    return { server, browser, seeded, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

// A tab of its own profile; a member's is signed in as the application itself does it.
async function tab(lab, member) {
  const context = await lab.browser.createBrowserContext();
  const page = await context.newPage();
  if (member) {
    const url = lab.server.address;
    await context.setCookie(...lab.seeded.cookies.map((cookie) => ({
      ...cookie, domain: new URL(url).hostname, path: "/", httpOnly: true,
    })));
    await page.goto(`${url}/terms`);
    await page.evaluate(() => localStorage.setItem("picsharz-signed-in", "1"));
  }
  return { context, page };
}

// The report of one page. `settings`: of Lighthouse.
export async function report(lab, name, settings) {
  const page = pages[name];
  const one = await tab(lab, !page.open);
  try {
    const config = { extends: "lighthouse:default", settings };
    const flow = { logLevel: "error" };
    const url = lab.server.address + page.path(lab.seeded);
    const result = await lighthouse(url, flow, config, one.page);
    const { runtimeError, finalDisplayedUrl } = result.lhr;
    if (runtimeError) throw new Error(`${name}: ${runtimeError.code} ${runtimeError.message}`);
    if (finalDisplayedUrl !== url) throw new Error(`${name} led to ${finalDisplayedUrl}`);
    return result.lhr;
  } finally {
    await one.context.close();
  }
}

// The ids of what counts in a category and has not passed.
export function failed(lhr, category) {
  return lhr.categories[category].auditRefs
    .filter(({ id, weight }) => weight > 0 && (lhr.audits[id].score ?? 1) < 1)
    .map(({ id }) => id)
    .sort();
}

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

const figures = {
  performance: (lhr) => lhr.categories.performance.score * 100,
  lcp_ms: (lhr) => lhr.audits["largest-contentful-paint"].numericValue,
  tbt_ms: (lhr) => lhr.audits["total-blocking-time"].numericValue,
  cls: (lhr) => lhr.audits["cumulative-layout-shift"].numericValue,
  // Of this machine at that moment: what it takes is taken four times for the phone.
  index: (lhr) => lhr.environment.benchmarkIndex,
};

async function performance(runs, count) {
  const lab = await laboratory(count);
  const found = {};
  try {
    for (const name of Object.keys(pages)) {
      const reports = [];
      for (let run = 0; run < runs; run += 1) {
        reports.push(await report(lab, name, { onlyCategories: ["performance"] }));
      }
      found[name] = Object.fromEntries(
        Object.entries(figures).map(([figure, of]) => [figure, median(reports.map(of))]));
    }
  } finally {
    await lab.stop();
  }
  return found;
}

if (process.argv[1] === import.meta.filename) {
  const { values } = parseArgs({
    options: {
      json: { type: "boolean", default: false },
      runs: { type: "string", default: "3" },
      photos: { type: "string", default: "24" },
    },
  });
  const found = await performance(Number(values.runs), Number(values.photos));
  if (values.json) console.log(JSON.stringify(found));
  else console.table(found);
}
