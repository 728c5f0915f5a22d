// Lists of photos: nothing moves, they go on by themselves, Back leads to the same place.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { main } from "../support/steps.mjs";
import { noPages, pagesBench, phone } from "../support/visit.mjs";

describe("lists", { skip: noPages }, () => {
  const bench = pagesBench();

  it("the feed does not move while its photos load", async () => {
    const one = await bench.visit("/", phone);
    const moved = await one.page.evaluate(
      () =>
        new Promise((resolve) => {
          let sum = 0;
          new PerformanceObserver((list) => {
            for (const entry of list.getEntries()) sum += entry.value;
          }).observe({ type: "layout-shift", buffered: true });
          setTimeout(() => resolve(sum), 300);
        }),
    );
    assert.ok(moved <= 0.01, `layout shift ${moved}`);
    await one.context.close();
  });

  it("loads the next page of a list by itself, each photo once", async () => {
    const one = await bench.visit("/me");
    const links = main(one.page).locator("li > a");
    const all = bench.server.fake.photos.length;
    assert.ok(all > 20, "more than a page");
    await one.page.mouse.wheel(0, 20_000);
    await one.page.waitForFunction(
      (count) => document.querySelectorAll("main li > a").length === count, all);
    const targets = await links.evaluateAll((nodes) => nodes.map((node) => node.href));
    assert.equal(new Set(targets).size, all);
    await one.context.close();
  });

  it("returns to the same place with Back", async () => {
    const one = await bench.visit("/recent");
    await one.page.evaluate(() => window.scrollTo(0, 400));
    await one.page.waitForFunction(() => window.scrollY === 400);
    // Not Playwright's click, which scrolls.
    await main(one.page).locator("li > a").nth(6).evaluate((link) => link.click());
    await one.page.waitForURL("**/photo/*");
    await one.page.waitForFunction(() => window.scrollY === 0);
    await one.page.goBack();
    await one.page.waitForFunction(() => Math.abs(window.scrollY - 400) <= 1);
    await one.context.close();
  });
});
