// Lists of photos: rows as the design has them, nothing moves, they go on by themselves, and a very
// long one holds no more elements than a short one.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { firstSeen, rows, scrollTo, shifts, watchShifts } from "../support/lists.mjs";
import { speak } from "../support/matrix.mjs";
import { root } from "../support/paths.mjs";
import { main } from "../support/steps.mjs";
import { noPages, open, pagesBench, phone, somebody, until } from "../support/visit.mjs";

// Enough for pages to be forgotten; in the column, which is taller, also for the list's element to
// become as tall as it may be and to move. 100,000 take minutes: make check-long asks for them.
const all = process.env.PICSHARZ_MATRIX === "all";
const long = [
  { path: "/recent", many: all ? 100_000 : 4_000, moves: all },
  { path: "/", many: all ? 100_000 : 6_500, moves: true },
];

const sizes = JSON.parse(readFileSync(join(root, "web/src/lib/sizes.json"), "utf8"));
const enough = 0.82; // of the pixels of the screen

// What of the list is in the first frame that has any of it.
function watchFirst() {
  const look = () => {
    const drawn = [...document.querySelectorAll("main [data-block]")];
    if (drawn.length === 0) return requestAnimationFrame(look);
    globalThis.firstDrawn = drawn.map((node) => ({
      top: node.getBoundingClientRect().top,
      fades: [...node.querySelectorAll("picture img")]
        .some((image) => getComputedStyle(image).opacity !== "1"),
    }));
  };
  requestAnimationFrame(look);
}

// How often scripts ask what a phone's browser lays out the page for, until a frame has content.
function countQuestions() {
  globalThis.questions = {};
  for (const name of ["innerWidth", "scrollY"]) {
    const { get } = Object.getOwnPropertyDescriptor(globalThis, name);
    globalThis.questions[name] = 0;
    Object.defineProperty(globalThis, name, {
      configurable: true,
      get() {
        const drawn = performance.getEntriesByName("first-contentful-paint").length > 0;
        if (!drawn) globalThis.questions[name] += 1;
        return get.call(globalThis);
      },
    });
  }
}

describe("lists", { skip: noPages }, () => {
  const bench = pagesBench();

  for (const path of ["/", "/recent"]) {
    it(`${path} does not move while its photos load`, async () => {
      const one = await bench.visit(path, phone);
      await watchShifts(one.page);
      assert.deepEqual(await shifts(one.page), []);
      await one.context.close();
    });
  }

  for (const path of ["/recent", "/@jonas", "/upload"]) {
    it(`${path} is drawn before it is laid out for a question`, async () => {
      bench.server.fake.signedIn = true;
      const one = await somebody(bench.browser, bench.server, "lists", phone);
      await one.context.addInitScript(countQuestions);
      await one.page.goto(path, { waitUntil: "load" });
      await main(one.page).getByRole("heading", { level: 1 }).first().waitFor();
      const asked = await one.page.evaluate(() => globalThis.questions);
      assert.deepEqual(asked, { innerWidth: 0, scrollY: 0 });
      one.assertNoComplaints();
      await one.context.close();
    });
  }

  for (const path of ["/", "/recent"]) {
    it(`${path} draws what is in the window first, and the rest after its pictures`, async () => {
      bench.server.fake.many = 300;
      bench.server.fake.signedIn = true;
      const one = await somebody(bench.browser, bench.server, "lists", phone);
      await one.context.addInitScript(watchFirst);
      let letGo = () => {};
      const held = new Promise((resolve) => (letGo = resolve));
      await one.page.route("**/media/**", async (route) => {
        await held;
        await route.continue();
      });
      await one.page.goto(path, { waitUntil: "commit" });
      const item = main(one.page).locator("[data-block]");
      await item.first().waitFor();
      // Its frame may come later than its elements.
      const first = await (await one.page.waitForFunction(() => globalThis.firstDrawn)).jsonValue();
      assert.ok(first.length > 0);
      for (const { top, fades } of first) {
        assert.ok(top < phone.viewport.height, `drawn at ${top}`);
        assert.equal(fades, false, "a browser that fades a picture in counts it late");
      }
      // The rest piece by piece: whoever touches the page meanwhile is heard between them.
      await one.page.evaluate(() => {
        globalThis.pieces = [];
        new MutationObserver((changes) => {
          const fresh = changes.flatMap(({ addedNodes }) => [...addedNodes])
            .filter((node) => node.dataset?.block);
          if (fresh.length > 0) globalThis.pieces.push(fresh.length);
        }).observe(document.querySelector("main [data-block]").parentElement, { childList: true });
      });
      letGo();
      await one.page.waitForFunction(() =>
        [...document.querySelectorAll("main [data-block]")].some((node) =>
          node.getBoundingClientRect().top > 2 * innerHeight));
      const pieces = await one.page.evaluate(() => globalThis.pieces);
      const rest = pieces.reduce((sum, each) => sum + each, 0);
      assert.ok(Math.max(...pieces) <= 0.6 * rest, JSON.stringify(pieces));
      one.assertNoComplaints();
      await one.context.close();
    });
  }

  for (const path of ["/", "/recent"]) {
    it(`${path} draws where one jumps to, and what is around it in the next frames`, async () => {
      bench.server.fake.many = 300;
      const one = await bench.visit(path, phone);
      await scrollTo(one.page, 100, 1000);
      const frames = await one.page.evaluate(async () => {
        const node = () => document.querySelector("main [data-block]").parentElement;
        const drawn = () => {
          const boxes = [...node().querySelectorAll("[data-block]")]
            .map((block) => block.getBoundingClientRect());
          return {
            fills: boxes.some(({ top }) => top <= 0) &&
              boxes.some(({ bottom }) => bottom >= innerHeight),
            high: (Math.max(...boxes.map(({ bottom }) => bottom)) -
              Math.min(...boxes.map(({ top }) => top))) / innerHeight,
          };
        };
        const frame = () => new Promise(requestAnimationFrame);
        scrollTo({ top: 3 * innerHeight, behavior: "instant" });
        await frame(); // asked for before the list's own
        const found = [];
        for (let at = 0; at < 12; at += 1) {
          await frame();
          found.push(drawn());
        }
        return found;
      });
      assert.ok(frames.every(({ fills }) => fills), JSON.stringify(frames));
      const heights = frames.map(({ high }) => high);
      assert.ok(heights[0] < 3.5 && heights[1] < 5, JSON.stringify(frames));
      assert.ok(heights.at(-1) > 4, `${heights.at(-1)} windows in the end`);
      one.assertNoComplaints();
      await one.context.close();
    });
  }

  // No matter how long it takes: the patience of a page is of a second and more.
  const endless = () => {
    const real = globalThis.setTimeout;
    globalThis.setTimeout = (then, ms, ...more) => (ms >= 1_000 ? 0 : real(then, ms, ...more));
  };

  async function asking(path, options) {
    bench.server.fake.many = 300;
    bench.server.fake.signedIn = true;
    const one = await somebody(bench.browser, bench.server, "lists", options);
    await one.context.addInitScript(endless);
    const asked = new Set();
    let letGo = () => {};
    const held = new Promise((resolve) => (letGo = resolve));
    await one.page.route("**/media/**", async (route) => {
      asked.add(new URL(route.request().url()).pathname.split("/").at(-2));
      await held;
      await route.continue();
    });
    await one.page.goto(path, { waitUntil: "commit" });
    return { one, asked, letGo };
  }
  const inWindow = (page) => page.evaluate(() =>
    [...document.querySelectorAll("main [data-block]")]
      .filter((node) => node.getBoundingClientRect().top < innerHeight).length);

  it("fetches the largest picture of a phone's first page before the others", async () => {
    const { one, asked, letGo } = await asking("/recent", phone);
    const pictures = main(one.page).locator("[data-block] img");
    await pictures.first().waitFor({ state: "attached" });
    const many = await inWindow(one.page);
    assert.ok(many > sizes.grid.soon + 1, String(many));
    const areas = await main(one.page).locator("[data-block]").evaluateAll((nodes) =>
      nodes.map((node) => node.clientWidth * node.clientHeight));
    const largest = areas.indexOf(Math.max(...areas));
    const there = await main(one.page).locator("[data-block]").evaluateAll((nodes) =>
      nodes.flatMap((node, at) => (node.querySelector("img") ? [at] : [])));
    const soon = [...Array(sizes.grid.soon).keys()];
    assert.deepEqual(there, [...new Set([...soon, largest])].sort((a, b) => a - b));
    assert.ok(asked.size <= there.length, [...asked].join(" "));
    letGo();
    await until(async () => (await pictures.count()) >= many);
    await until(() => asked.size >= many);
    one.assertNoComplaints();
    await one.context.close();
  });

  const together = ({ one, asked }) =>
    until(async () => asked.size > 3 && asked.size >= await inWindow(one.page));

  it("fetches the first pictures at once in a wide window, and on a later page", async () => {
    const wide = await asking("/recent", { viewport: { width: 1440, height: 900 } });
    await together(wide);
    wide.letGo();
    await wide.one.context.close();
    const moved = await asking("/settings", phone);
    await open(bench.server, moved.one, { path: "/settings" });
    await moved.one.page.getByRole("link", { name: "Explore", exact: true }).click();
    await together(moved);
    moved.letGo();
    await moved.one.context.close();
  });

  it("loads the next pages of a list by itself, each photo once", async () => {
    const one = await bench.visit("/me");
    const all = bench.server.fake.photos.length;
    assert.ok(all > 20, "more than a page");
    const found = new Set();
    await scrollTo(one.page, all);
    for (const number of [1, all]) {
      await one.page.evaluate((end) => window.scrollTo(0, end ? 1e6 : 0), number > 1);
      await main(one.page).locator(`[aria-posinset="${number}"][aria-setsize="${all}"]`).waitFor();
      const links = main(one.page).locator("li > a");
      for (const href of await links.evaluateAll((nodes) => nodes.map((node) => node.href))) {
        found.add(href);
      }
    }
    assert.equal(found.size, all);
    assert.equal(await one.page.getByRole("button", { name: "More", exact: true }).count(), 0);
    await one.context.close();
  });

  for (const width of [390, 768, 1440]) {
    it(`has rows that are flush on both edges at ${width} px`, async () => {
      bench.server.fake.many = 300;
      const one = await bench.visit("/recent", { viewport: { width, height: 900 } });
      await main(one.page).locator("[data-block='4']").first().waitFor({ state: "attached" });
      const list = await rows(one.page);
      const [gap, wanted] = width < 768 ? [4, 180] : width < 1440 ? [8, 240] : [12, 300];
      assert.ok(list.rows.length >= 5);
      let bottom = null;
      for (const row of list.rows) {
        const { top, height } = row[0];
        assert.ok(row.every((photo) => photo.top === top && photo.height === height));
        assert.ok(height >= 0.6 * wanted - 1 && height <= 1.5 * wanted + 1, String(height));
        assert.equal(row[0].left, list.left);
        assert.ok(Math.abs(row.at(-1).right - list.right) < 0.02);
        for (const [at, { left }] of row.entries()) {
          if (at > 0) assert.ok(Math.abs(left - row[at - 1].right - gap) < 0.02);
        }
        if (bottom !== null) assert.equal(top, bottom + gap);
        bottom = top + height;
      }
      // The browser is told how wide a picture is drawn, as far as its pixels are seen, to the next
      // 16 px, but for those that the document asks for ahead.
      const told = await main(one.page).locator("li img").evaluateAll((images) =>
        images.map((image) => [parseFloat(image.sizes), image.getBoundingClientRect().width]));
      assert.ok(told.length > sizes.grid.first);
      for (const [size, drawn] of told.slice(sizes.grid.first)) {
        assert.ok(size >= enough * drawn - 0.5 && size < enough * drawn + 16);
      }
      // A phone is not given too little for one that fills its row.
      for (const [index, [size, drawn]] of told.slice(0, sizes.grid.first).entries()) {
        if (width < 768 && drawn > 0.74 * width) assert.ok(size >= enough * drawn, String(index));
      }
      one.assertNoComplaints();
      await one.context.close();
    });
  }

  it("begins its rows at the right where the language does", async () => {
    const one = await somebody(bench.browser, bench.server, "lists");
    await speak(one, bench.server, "ar-XB");
    await open(bench.server, one, { path: "/recent" });
    const list = await rows(one.page);
    for (const row of list.rows.slice(0, -1)) {
      assert.ok(Math.abs(row[0].right - list.right) < 0.02 && row[0].left > row.at(-1).left);
      assert.ok(Math.abs(row.at(-1).left - list.left) < 0.02);
    }
    await one.context.close();
  });

  it("tells of a photo whom points at it or comes to it by keyboard", async () => {
    const one = await bench.visit("/recent");
    const link = main(one.page).locator("li > a").nth(2);
    const seen = () =>
      link.locator(".line").evaluate((line) => Number(getComputedStyle(line).opacity));
    await one.page.mouse.move(0, 0);
    assert.equal(await seen(), 0);
    await link.hover();
    await one.page.waitForFunction((node) => getComputedStyle(node).opacity === "1",
      await link.locator(".line").elementHandle());
    assert.match(await link.locator(".line").innerText(), /Mei Tan|Jonas|Amara/);
    await one.page.mouse.move(0, 0);
    await main(one.page).locator("li > a").nth(1).focus();
    await one.page.keyboard.press("Tab");
    await one.page.waitForFunction((node) => getComputedStyle(node).opacity === "1",
      await link.locator(".line").elementHandle());
    await one.context.close();
  });

  it("is the same list at its other address", async () => {
    const one = await bench.visit("/explore");
    await one.page.getByRole("heading", { level: 1, name: "Newest photos" }).waitFor();
    const tab = one.page.getByRole("navigation", { name: "Explore" }).getByText("Newest");
    assert.equal(await tab.getAttribute("aria-current"), "page");
    await one.context.close();
  });

  it("says what failed at its end, and goes on when asked", async () => {
    bench.server.fake.many = 300;
    const one = await bench.visit("/recent");
    bench.server.fake.failing = true;
    const again = one.page.getByRole("button", { name: "Try again" });
    await until(async () => {
      // A page that was on its way already may still come, and the end is further down then.
      await one.page.evaluate(() => window.scrollTo(0, 1e6));
      return again.isVisible();
    });
    bench.server.fake.failing = false;
    await again.click();
    await scrollTo(one.page, 300);
    assert.equal(await again.count(), 0);
    one.assertNoComplaints([503]);
    await one.context.close();
  });

  for (const { path, many, moves } of long) {
    it(`${path} holds few of ${many} photos, wherever somebody is, and nothing moves`, async () => {
      bench.server.fake.many = many;
      bench.server.fake.tiny = true;
      const one = await bench.visit(path, phone);
      await watchShifts(one.page);
      const most = await scrollTo(one.page, many);
      assert.ok(most.elements <= 120, `${most.elements} elements`);
      assert.ok(most.height <= 5_000_000, `${most.height} px`);
      assert.equal(most.scrolled > 2_900_000, moves, `it was at ${most.scrolled}`);
      const last = main(one.page).locator(`[aria-posinset="${many}"]`);
      await last.getByRole("link", { name: `Photo ${many}` }).last().waitFor();
      assert.deepEqual(await shifts(one.page), []);

      // Where its cards were forgotten they are asked for again.
      const asked = one.page.waitForRequest(/cursor=\d+&limit=100/);
      await one.page.evaluate(async (far) => {
        const first = () =>
          Number(document.querySelector("main [data-block]")?.getAttribute("aria-posinset"));
        while (first() > far) {
          window.scrollTo(0, Math.max(0, scrollY - 100_000));
          for (let frame = 0; frame < 2; frame += 1) await new Promise(requestAnimationFrame);
        }
      }, many - 3_000);
      await asked;
      await one.page.waitForFunction(() => {
        const nodes = [...document.querySelectorAll("main [data-block]")];
        return nodes.length > 2 && nodes.every((node) => node.querySelector("a"));
      });

      // And all the way back to the first.
      await one.page.evaluate(async () => {
        while (scrollY > 0) {
          window.scrollTo(0, Math.max(0, scrollY - 400_000));
          for (let frame = 0; frame < 2; frame += 1) await new Promise(requestAnimationFrame);
        }
      });
      assert.equal((await firstSeen(one.page)).number, 1);
      assert.deepEqual(await shifts(one.page), []);
      one.assertNoComplaints();
      await one.context.close();
    });
  }

  it("keeps the photo in sight where the window becomes another size", async () => {
    bench.server.fake.many = 2000;
    const one = await bench.visit("/recent", { viewport: { width: 1440, height: 900 } });
    await scrollTo(one.page, 400, 1000);
    const before = await firstSeen(one.page);
    for (const width of [700, 1100]) {
      await one.page.setViewportSize({ width, height: 900 });
      const same = one.page.locator(`main [aria-posinset="${before.number}"]`);
      await one.page.waitForFunction((wide) => {
        const list = document.querySelector("main ul:has(> [data-block])");
        const edges = [...list.children].map((node) => node.getBoundingClientRect().right);
        return list.clientWidth <= wide && Math.max(...edges) <= wide;
      }, width);
      const box = await same.boundingBox();
      assert.ok(box.y > -400 && box.y < 900, `it is at ${box.y}`);
    }
    one.assertNoComplaints();
    await one.context.close();
  });

  it("does not take away what has the focus", async () => {
    bench.server.fake.many = 2000;
    const one = await bench.visit("/recent", phone);
    const link = main(one.page).locator("li > a").nth(3);
    await link.focus();
    const href = await link.getAttribute("href");
    await one.page.waitForFunction(() => {
      window.scrollTo(0, 4000); // as far as the list reaches: its next page may still be coming
      return !document.querySelector("main [aria-posinset='1']");
    });
    const at = () => one.page.evaluate(() => document.activeElement.getAttribute("href"));
    assert.equal(await at(), href);
    await one.page.keyboard.press("Tab");
    assert.notEqual(await at(), href);
    one.assertNoComplaints();
    await one.context.close();
  });
});
