// How quickly the pages answer, against the fake server: what depends on the machine, so that no
// test asks for it. `make bench` prints it.
//
//   node speed.mjs [--json]
//
// INP: the longest of the interactions of a visit with a processor four times as slow, the median
// of some visits: beside other work of the machine one says little. Frames: of a list of
// 100,000 photos that is scrolled as with a wheel, beside those of the same page at rest. Back:
// until the photo that was left stands where it stood, with the focus.
import { parseArgs } from "node:util";
import { startFake } from "./fake_server.mjs";
import { launch, wholeChromium } from "./support/browser.mjs";
import { firstSeen, scrollTo } from "./support/lists.mjs";
import { phone, pictured, visit } from "./support/visit.mjs";

const slower = 4;
const visits = 3;
const median = (numbers) => numbers.toSorted((one, other) => one - other)[numbers.length >> 1];
const frameSeconds = 6;
const wheelPixels = 100; // a notch

// Keeps how long each interaction took until the next frame was drawn, in ms by the browser's own
// account, which has steps of 8.
const watchInteractions = (page) =>
  page.evaluate(() => {
    window.interactions = [];
    new PerformanceObserver((list) => {
      for (const { interactionId, duration } of list.getEntries()) {
        if (interactionId) window.interactions.push(duration);
      }
    }).observe({ type: "event", durationThreshold: 16, buffered: true });
  });

// The longest; 16 where none reached that.
const longest = (page) =>
  page.evaluate(async () => {
    for (let frame = 0; frame < 3; frame += 1) await new Promise(requestAnimationFrame);
    return Math.max(16, ...window.interactions);
  });

async function slow(page) {
  const session = await page.context().newCDPSession(page);
  await session.send("Emulation.setCPUThrottlingRate", { rate: slower });
}

// What people do, each on a page of its own: name -> [path, what they do].
const deeds = {
  like: ["/", (page) => page.locator("main [data-block] button[aria-pressed]").first().click()],
  open: ["/", async (page) => {
    await page.locator("main [data-block] a[href^='/photo/']").first().click();
    await page.waitForURL("**/photo/**");
  }],
  "type in the search": ["/recent", async (page) => {
    await page.getByRole("combobox").first().click();
    await page.keyboard.type("harbour", { delay: 60 });
  }],
  "type a comment": ["/photo/7000", async (page) => {
    await page.locator("textarea").first().click();
    await page.keyboard.type("what a light", { delay: 60 });
  }],
  scroll: ["/recent", async (page) => {
    for (let press = 0; press < 8; press += 1) {
      await page.keyboard.press("PageDown");
      await page.waitForTimeout(80);
    }
  }],
  "view and zoom": ["/photo/7000", async (page) => {
    await page.locator("a.open").click();
    await page.locator("dialog.viewer [data-photo]").waitFor();
    for (const key of ["+", "+", "-", "i", "i", "ArrowRight"]) {
      await page.keyboard.press(key);
      await page.waitForTimeout(120);
    }
  }],
};

// The longest interaction of a visit.
async function interaction(browser, server, path, act) {
  server.fake.many = 400;
  server.fake.tiny = true; // the originals are no renditions, and their decoding is not ours
  const one = await visit(browser, server, path, phone);
  await pictured(one.page);
  await slow(one.page);
  await watchInteractions(one.page);
  await act(one.page);
  await one.page.waitForTimeout(500);
  const found = await longest(one.page);
  await one.context.close();
  server.fake.reset();
  return found;
}

async function interactions(browser, server) {
  const found = {};
  for (const [name, [path, act]] of Object.entries(deeds)) {
    const times = [];
    for (let turn = 0; turn < visits; turn += 1) {
      times.push(await interaction(browser, server, path, act));
    }
    found[name] = median(times);
  }
  return found;
}

// Frames a second while the wheel turns, beside those of the same page at rest.
async function frames(browser, server) {
  server.fake.many = 100_000;
  server.fake.tiny = true;
  const one = await visit(browser, server, "/recent", { viewport: { width: 1440, height: 900 } });
  const count = (seconds, pixels) =>
    one.page.evaluate(async ([ms, by]) => {
      const began = performance.now();
      let drawn = 0;
      while (performance.now() - began < ms) {
        if (by > 0) scrollBy(0, by);
        await new Promise(requestAnimationFrame);
        drawn += 1;
      }
      return (drawn / (performance.now() - began)) * 1000;
    }, [seconds * 1000, pixels]);
  await scrollTo(one.page, 400, 1000); // the list is well under way
  const resting = await count(2, 0);
  const scrolling = await count(frameSeconds, wheelPixels);
  await one.context.close();
  server.fake.reset();
  return { resting, scrolling };
}

async function back(browser, server) {
  server.fake.many = 400;
  server.fake.tiny = true;
  const times = [];
  const one = await visit(browser, server, "/recent", phone);
  await scrollTo(one.page, 150, 1000);
  for (let turn = 0; turn < 5; turn += 1) {
    await one.page.evaluate(() => scrollBy(0, 137));
    await one.page.waitForTimeout(100);
    const { id, top } = await firstSeen(one.page);
    await one.page.evaluate((href) => document.querySelector(`main a[href="${href}"]`).click(), id);
    await one.page.waitForURL(`**${id}`);
    await one.page.waitForSelector("main h1");
    times.push(await one.page.evaluate(async ([href, where]) => {
      const began = performance.now();
      history.back();
      const there = () => {
        const link = document.activeElement;
        return link?.getAttribute("href") === href &&
          Math.abs(link.closest("[data-block]").getBoundingClientRect().top - where) <= 1;
      };
      while (!there() && performance.now() - began < 5000) await new Promise(requestAnimationFrame);
      return performance.now() - began;
    }, [id, top]));
  }
  await one.context.close();
  server.fake.reset();
  return median(times);
}

const server = await startFake();
const browser = await launch({ path: wholeChromium });
try {
  const { values } = parseArgs({ options: { json: { type: "boolean", default: false } } });
  const found = {
    inp_ms: await interactions(browser, server),
    frames: await frames(browser, server),
    back_ms: await back(browser, server),
  };
  console.log(values.json ? JSON.stringify(found) : found);
} finally {
  await browser.close();
  await server.stop();
}
