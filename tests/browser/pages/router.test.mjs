// From page to page, against the fake server: the old page stays until the next is there, Back goes
// to the link that was followed, a photo moves to its place on the next page, and a new version of
// the program does not break the page of the old one.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { noPages, pagesBench } from "../support/visit.mjs";

describe("from page to page", { skip: noPages }, () => {
  const bench = pagesBench();

  // Holds back the parts of the program that a page needs, until what is returned is called.
  async function hold(page, name) {
    let go;
    const free = new Promise((resolve) => (go = resolve));
    await page.route(new RegExp(`/assets/${name}-[^/]*\\.js$`), async (route) => {
      await free;
      await route.continue();
    });
    return go;
  }

  const heading = (page, name) => page.getByRole("heading", { level: 1, name });

  it("keeps the page until the next one is there, and says that it loads", async () => {
    const one = await bench.visit("/recent");
    const go = await hold(one.page, "TagPage|SettingsPage");
    await one.page.getByRole("link", { name: "Settings" }).click();
    await one.page.getByRole("progressbar", { name: "Loading" }).waitFor();
    assert.equal(await heading(one.page, "Newest photos").count(), 1);
    assert.equal(new URL(one.page.url()).pathname, "/recent");
    go();
    await heading(one.page, "Settings").waitFor();
    assert.equal(await one.page.getByRole("progressbar", { name: "Loading" }).count(), 0);
    assert.equal(new URL(one.page.url()).pathname, "/settings");
    assert.match(await one.page.title(), /Settings/);
    assert.equal(await one.page.evaluate(() => document.activeElement?.tagName), "MAIN");
    one.assertNoComplaints();
    await one.context.close();
  });

  it("goes where was wanted last", async () => {
    const one = await bench.visit("/recent");
    const go = await hold(one.page, "SettingsPage");
    await one.page.getByRole("link", { name: "Settings" }).click();
    await one.page.getByRole("link", { name: "Find people" }).click();
    await heading(one.page, "People").waitFor();
    const arrived = one.page.waitForResponse(/SettingsPage-[^/]*\.js$/);
    go();
    await arrived;
    await one.page.evaluate(() => new Promise((done) => setTimeout(done, 50)));
    assert.equal(new URL(one.page.url()).pathname, "/people");
    assert.equal(await heading(one.page, "People").count(), 1);
    one.assertNoComplaints();
    await one.context.close();
  });

  it("says of no page that it loads once another one was wanted", async () => {
    const one = await bench.visit("/recent");
    const { page } = one;
    const go = await hold(page, "SettingsPage");
    // Its time stands still but for what is run of it.
    await page.clock.install({ time: 0 });
    await page.clock.pauseAt(60_000);
    await page.getByRole("link", { name: "Settings" }).click();
    await page.clock.runFor(100);
    await page.getByRole("link", { name: "Find people" }).click();
    await heading(page, "People").waitFor();
    await page.clock.runFor(200);
    assert.equal(await page.getByRole("progressbar", { name: "Loading" }).count(), 0);
    go();
    one.assertNoComplaints();
    await one.context.close();
  });

  it("leads Back to the link that was followed", async () => {
    const one = await bench.visit("/recent");
    const link = one.page.locator('main a[href^="/photo/"]').nth(5);
    await link.focus();
    const href = await link.getAttribute("href");
    const before = await one.page.evaluate(() => window.scrollY);
    await one.page.keyboard.press("Enter");
    await one.page.waitForURL(`**${href}`);
    await one.page.waitForSelector("main h1");
    await one.page.goBack();
    await heading(one.page, "Newest photos").waitFor();
    const at = await one.page.evaluate(() => document.activeElement?.getAttribute("href"));
    assert.equal(at, href);
    assert.equal(await one.page.evaluate(() => window.scrollY), before);
    one.assertNoComplaints();
    await one.context.close();
  });

  for (const reducedMotion of ["no-preference", "reduce"]) {
    it(`moves a photo to its page (${reducedMotion})`, async () => {
      const one = await bench.visit("/recent", { reducedMotion });
      await one.page.evaluate(() => {
        window.transitions = [];
        const start = document.startViewTransition.bind(document);
        document.startViewTransition = (swap) => {
          const transition = start(swap);
          transition.ready.then(
            () => {
              const moved = document.getAnimations().map(({ effect }) => effect.pseudoElement);
              window.transitions.push(moved.some((name) => name?.endsWith("(photo)")));
            },
            () => window.transitions.push(false),
          );
          return transition;
        };
      });
      await one.page.locator('main a[href^="/photo/"]').first().click();
      await one.page.waitForSelector(".panel h1");
      const wanted = reducedMotion === "reduce" ? [] : [true];
      await one.page.waitForFunction((count) => window.transitions.length >= count, wanted.length);
      assert.deepEqual(await one.page.evaluate(() => window.transitions), wanted);
      one.assertNoComplaints();
      await one.context.close();
    });
  }

  it("loads the whole page where a new version took away its parts, once", async () => {
    const one = await bench.visit("/recent");
    await one.page.evaluate(() => (window.old = true));
    await one.page.route(/\/assets\/SettingsPage-[^/]*\.js$/, (route) =>
      route.fulfill({ status: 404, body: "" }),
    );
    await one.page.getByRole("link", { name: "Settings" }).click();
    await one.page.waitForURL("**/settings");
    await one.page.getByRole("button", { name: "Try again" }).waitFor();
    assert.equal(await one.page.evaluate(() => window.old), undefined);
    await one.page.unroute(/\/assets\/SettingsPage-[^/]*\.js$/);
    await one.page.reload();
    await heading(one.page, "Settings").waitFor();
    await one.context.close(); // it complained about what was missing, as it should
  });
});
