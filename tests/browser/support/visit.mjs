// Somebody in front of a page of the fake server.
import { join } from "node:path";
import { after, afterEach, before } from "node:test";
import { startFake } from "../fake_server.mjs";
import { launch, person } from "./browser.mjs";
import { dist, missing, photos } from "./paths.mjs";
import { quiet } from "./quiet.mjs";

export const phone = { viewport: { width: 390, height: 844 } };

// As the application marks it; about:blank has no storage.
const mark = () => {
  if (location.protocol === "http:") localStorage.setItem("picsharz-signed-in", "1");
};

// A context of their own, for as many pages of one kind as are wanted.
export async function somebody(browser, server, name, { member = true, ...options } = {}) {
  const one = await person(browser, server, name, options);
  if (member) await one.context.addInitScript(mark);
  return one;
}

// Until what the page shows does not change by itself any more.
export async function open(server, one, { path, member = true }) {
  server.fake.signedIn = member;
  await one.page.goto("about:blank"); // an address that differs only behind # is a new page, too
  await one.page.goto(path);
  await settled(one.page);
}

export async function settled(page) {
  await page.waitForSelector("main h1, main [role=alert]", { state: "attached" });
  await quiet(page);
}

// Both at once: `options` of the context, and `member`, which is true where it is not said.
export async function visit(browser, server, path, options = {}) {
  const one = await somebody(browser, server, "pages", options);
  await open(server, one, { path, member: options.member });
  return one;
}

// Until every picture in the window is drawn.
export const pictured = (page) =>
  page.evaluate(() => {
    const seen = ({ top, bottom }) => bottom > 0 && top < innerHeight;
    const shown = [...document.images].filter((image) => seen(image.getBoundingClientRect()));
    return Promise.allSettled(shown.map((image) => image.decode()));
  });

// What no page shows by itself. The bound is for what never comes: a busy machine has time.
export async function until(holds, seconds = 180) {
  const end = performance.now() + 1000 * seconds;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`never: ${holds}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

// How much wider than its window the page is.
export const tooWide = (page) =>
  page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );

// For a file of the suite: one fake server and one browser, and knobs that are turned back after
// each test. Call it in a describe; `bench.visit(path, options)` as above.
export function pagesBench() {
  const bench = {
    visit: (path, options) => visit(bench.browser, bench.server, path, options),
  };
  before(async () => {
    bench.server = await startFake();
    bench.browser = await launch();
  });
  afterEach(() => bench.server.fake.reset());
  after(async () => {
    await bench.browser?.close();
    await bench.server?.stop();
  });
  return bench;
}

// For `skip`: false, or what is not there.
export const noPages = missing(join(dist, "index.html"), "the built web") ||
  missing(photos, "photos");
