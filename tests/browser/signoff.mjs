// The twelve screens that are looked at one by one before the web is called done: each in both
// themes and at three widths, into test-results/screens/signoff/. On a phone the end of the page
// is drawn, too, for what a bar at the bottom may cover.
//
//   node signoff.mjs [part-of-a-name ...]
//   node signoff.mjs --compare DIR       how far each differs from the picture of an earlier run
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import pixelmatch from "pixelmatch";
import { PNG } from "pngjs";
import { startFake } from "./fake_server.mjs";
import { launch } from "./support/browser.mjs";
import { themes } from "./support/matrix.mjs";
import { photos, screens } from "./support/paths.mjs";
import { routes } from "./support/routes.mjs";
import { open, pictured, somebody, tooWide } from "./support/visit.mjs";

const widths = [[390, 844], [768, 1024], [1440, 900]];
const now = Date.UTC(2026, 10, 23, 8);

async function send(page) {
  await page.locator("#files").setInputFiles(
    ["train.jpg", "aarhus.jpg", "wild-1.jpg"].map((name) => join(photos, name)));
}

// `route`: of the web, that the screen waits for; it is drawn as soon as there is one. `act`: what
// somebody does there first.
export const all = [
  { name: "home", path: "/" },
  { name: "explore", path: "/recent" },
  { name: "profile", path: "/@jonas" },
  { name: "photo", path: "/photo/7000" },
  { name: "viewer", path: "/photo/7000/view", route: "/photo/:id/view" },
  { name: "upload-empty", path: "/upload" },
  {
    name: "upload-running",
    path: "/upload",
    async act(page, fake) {
      fake.hold(/^\/v1\/uploads\//);
      await send(page);
      await page.getByRole("progressbar").first().waitFor();
    },
  },
  {
    name: "upload-failed",
    path: "/upload",
    async act(page, fake) {
      const detail = "This file is damaged: it ends in the middle of the picture. Export it anew.";
      fake.refused = { status: 422, code: "image_corrupt", detail };
      await send(page);
      await page.getByText("it ends in the middle of the picture").first().waitFor();
    },
  },
  { name: "activity", path: "/activity" },
  { name: "settings", path: "/settings" },
  { name: "admin", path: "/admin", route: "/admin" },
  { name: "moderation", path: "/moderation" },
];

// Those whose route the web does not have yet.
export const waiting = () =>
  all.filter(({ route }) => route && !routes().includes(route)).map(({ name }) => name);

// A list draws what is in the window in the frame after the one that moved it there.
const framed = (page) => page.evaluate(() =>
  new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));

async function shoot(page, folder, name, again) {
  await framed(page);
  await pictured(page);
  const file = join(folder, `${name}.png`);
  await page.screenshot({ path: file });
  again({ name, file, wide: await tooWide(page) });
}

// Somebody new for each: what a browser keeps of one screen is not of the next.
async function drawOne(browser, server, screen, folder, again) {
  const options = { reducedMotion: "reduce", timezoneId: "Asia/Singapore" };
  const one = await somebody(browser, server, "signoff", options);
  await one.context.clock.setFixedTime(now);
  await open(server, one, screen);
  await screen.act?.(one.page, server.fake);
  for (const [width, height] of widths) {
    await one.page.setViewportSize({ width, height });
    for (const colorScheme of themes) {
      await one.page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      await one.page.evaluate(() => scrollTo(0, 0));
      await shoot(one.page, folder, `${screen.name}-${width}-${colorScheme}`, again);
    }
    if (width > 390) continue;
    await one.page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight));
    await shoot(one.page, folder, `${screen.name}-${width}-end`, again);
  }
  await one.context.close(); // a page that is open would ask for what the fake forgets
  server.fake.reset();
  return one.complaints;
}

// Draws `list` and calls `again` with {name, file, wide} of each picture; gives what the pages
// complained about.
export async function draw(list, folder, again) {
  mkdirSync(folder, { recursive: true });
  const server = await startFake();
  const browser = await launch();
  try {
    server.fake.now = () => now;
    const complaints = [];
    for (const screen of list) {
      complaints.push(...(await drawOne(browser, server, screen, folder, again)));
    }
    return complaints;
  } finally {
    await browser.close();
    await server.stop();
  }
}

// The share of pixels that differ; 1 where the sizes do.
export function difference(one, other) {
  const [a, b] = [one, other].map((bytes) => PNG.sync.read(bytes));
  if (a.width !== b.width || a.height !== b.height) return 1;
  return pixelmatch(a.data, b.data, undefined, a.width, a.height) / (a.width * a.height);
}

function compare(file, name, earlier) {
  const before = join(earlier, `${name}.png`);
  if (!existsSync(before)) return console.log(`${name}: is new`);
  const share = difference(readFileSync(file), readFileSync(before));
  if (share > 0.001) console.log(`${name}: ${(share * 100).toFixed(2)} % differ`);
}

export const folder = join(screens, "signoff");

if (process.argv[1] === import.meta.filename) {
  const { values, positionals } = parseArgs({
    options: { compare: { type: "string" } },
    allowPositionals: true,
  });
  const wanted = all.filter(
    ({ name }) => positionals.length === 0 || positionals.some((part) => name.includes(part)));
  const list = wanted.filter(({ name }) => !waiting().includes(name));
  // Not into the folder of the earlier ones.
  const target = values.compare ? `${folder}-new` : folder;
  const complaints = await draw(list, target, ({ name, file, wide }) => {
    if (wide > 0) console.log(`${name}: ${wide} px too wide`);
    if (values.compare) compare(file, name, values.compare);
  });
  for (const complaint of new Set(complaints)) console.log(complaint);
  console.log(`Drawn into ${target}.`);
}
