// The bars of the shell: on narrow windows the way through the application lies at the bottom, on
// wide ones in a rail beside the page, and never in both places. The bars leave while somebody
// scrolls down and return on the way up.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { main } from "../support/steps.mjs";
import { noPages, pagesBench, phone, tooWide } from "../support/visit.mjs";

describe("the bars", { skip: noPages }, () => {
  const bench = pagesBench();

  for (const [width, bottom] of [[390, true], [768, true], [1079, true], [1080, false]]) {
    it(`are ${bottom ? "at the bottom" : "a rail"} of ${width} px`, async () => {
      const one = await bench.visit("/recent", { viewport: { width, height: 800 } });
      const nav = (name) => one.page.getByRole("navigation", { name });
      assert.equal(await nav("Bottom").isVisible(), bottom);
      assert.equal(await nav("Main").isVisible(), !bottom);
      for (const name of ["Upload", "Settings", "Picsharz"]) {
        assert.equal(await one.page.getByRole("link", { name }).count(), 1, name);
      }
      const box = await main(one.page).boundingBox();
      assert.deepEqual([box.x, box.width], bottom ? [0, width] : [72, width - 72]);
      assert.equal(await tooWide(one.page), 0);
      // Nothing of the page's end is behind a bar.
      await one.page.goto("/settings");
      await one.page.locator("main h1").waitFor();
      const covered = await one.page.evaluate(() => {
        scrollTo(0, document.documentElement.scrollHeight);
        const bar = document.querySelector("nav[aria-label=Bottom]").getBoundingClientRect();
        const buttons = [...document.querySelectorAll("main button, main a")];
        const last = buttons.at(-1).getBoundingClientRect();
        return bar.height > 0 && last.bottom > bar.top;
      });
      assert.equal(covered, false);
      one.assertNoComplaints();
      await one.context.close();
    });
  }

  it("fit in a language that takes more room", async () => {
    for (const width of [390, 768, 1080, 1440]) {
      const one = await bench.visit("/recent", { viewport: { width, height: 800 } });
      const { hostname } = new URL(bench.server.address);
      await one.context.addCookies([{ name: "lang", value: "en-XA", domain: hostname, path: "/" }]);
      await one.page.reload();
      await one.page.locator("main h1").waitFor();
      assert.match(await one.page.locator("main h1").textContent(), /⟦/);
      assert.equal(await tooWide(one.page), 0, `${width} px`);
      await one.context.close();
    }
  });

  // Of the page, by a wheel; waits until the bars are where they go.
  async function wheel(page, by) {
    await page.mouse.move(200, 400);
    const before = await page.evaluate(() => scrollY);
    await page.mouse.wheel(0, by);
    await page.waitForFunction((y) => Math.abs(scrollY - y) > 1, before);
    return page.evaluate(() => new Promise(requestAnimationFrame));
  }
  const header = (page) => page.locator("header.bar");
  const gone = (page, away) =>
    page.waitForFunction((wanted) => {
      const bars = [...document.querySelectorAll(".bar")].filter((bar) => bar.offsetHeight > 0);
      const out = ({ top, bottom }) => bottom <= 0 || top >= innerHeight;
      return bars.every((bar) => out(bar.getBoundingClientRect()) === wanted);
    }, away);

  for (const [what, options] of [["a phone", phone], ["a screen", {}]]) {
    it(`leave on the way down and return on the way up on ${what}, and nothing else moves`,
      async () => {
        bench.server.fake.many = 300;
        const one = await bench.visit("/recent", { ...options, reducedMotion: "reduce" });
        await gone(one.page, false);
        const heading = main(one.page).getByRole("heading", { level: 1 });
        const place = await heading.evaluate((node) => node.getBoundingClientRect().y + scrollY);
        await wheel(one.page, 300);
        await gone(one.page, true);
        assert.equal(
          await heading.evaluate((node) => node.getBoundingClientRect().y + scrollY), place);
        await wheel(one.page, -60);
        await gone(one.page, false);
        await wheel(one.page, 300);
        await gone(one.page, true);
        // Who goes there by keyboard finds them.
        await one.page.keyboard.press("/");
        await gone(one.page, false);
        await wheel(one.page, 300);
        await gone(one.page, false);
        one.assertNoComplaints();
        await one.context.close();
      });
  }

  it("take what stands below them along", async () => {
    for (const reducedMotion of ["reduce", "no-preference"]) {
      const one = await bench.visit("/settings", { ...phone, reducedMotion });
      const top = (wanted) =>
        one.page.waitForFunction((y) =>
          [...document.querySelectorAll("main h2")].some((head) =>
            Math.abs(head.getBoundingClientRect().top - y) < 1), wanted);
      await wheel(one.page, 700);
      await gone(one.page, true);
      await top(0);
      await wheel(one.page, -60);
      await gone(one.page, false);
      await top(56);
      const duration = await main(one.page).locator("h2").first()
        .evaluate((node) => getComputedStyle(node).transitionDuration);
      assert.equal(duration, reducedMotion === "reduce" ? "0s" : "0.2s");
      one.assertNoComplaints();
      await one.context.close();
    }
  });

  it("stay while a dialog is open", async () => {
    bench.server.fake.many = 300;
    const one = await bench.visit("/recent", { ...phone, reducedMotion: "reduce" });
    await one.page.keyboard.press("?");
    await one.page.getByRole("dialog").waitFor();
    await one.page.evaluate(() => scrollTo(0, 300));
    await one.page.evaluate(() => new Promise(requestAnimationFrame));
    await gone(one.page, false);
    one.assertNoComplaints();
    await one.context.close();
  });

  it("go with the page where a window is low", async () => {
    bench.server.fake.many = 300;
    const one = await bench.visit("/recent", { viewport: { width: 320, height: 256 } });
    const position = header(one.page).evaluate((node) => getComputedStyle(node).position);
    assert.equal(await position, "static");
    await wheel(one.page, 300);
    await wheel(one.page, -60);
    const box = await header(one.page).boundingBox();
    assert.ok(box.y + box.height <= 0, `it is at ${box.y}`);
    one.assertNoComplaints();
    await one.context.close();
  });
});
