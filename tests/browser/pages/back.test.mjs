// Back leads to the same photo at the same place, within a pixel, with the focus on its link:
// whatever list it was in, however far down, and without asking for the list again.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { firstSeen, scrollTo, shifts, watchShifts } from "../support/lists.mjs";
import { quiet } from "../support/quiet.mjs";
import { main } from "../support/steps.mjs";
import { noPages, pagesBench, phone, until } from "../support/visit.mjs";

// The fake server has no decision about a photo of its member that is held.
const unknown = [404];

describe("Back", { skip: noPages }, () => {
  const bench = pagesBench();

  // Where a link is in the window; null where it is not in the document.
  const placeOf = (page, href) =>
    page.evaluate((wanted) => {
      const link = document.querySelector(`main [data-block] a[href="${wanted}"]`);
      return link ? link.getBoundingClientRect().top : null;
    }, href);

  async function followed(page, href) {
    // Not Playwright's click, which scrolls.
    await page.evaluate((wanted) => {
      document.querySelector(`main [data-block] a[href="${wanted}"]`).click();
    }, href);
    await page.waitForURL(`**${href}`);
    await page.waitForSelector("main h1");
  }

  // By so much, and until the list has drawn what is there and has what it wants below: what it
  // asks for later would be taken for a question of the way back.
  async function scrolled(page, by) {
    await page.evaluate(async (pixels) => {
      window.scrollBy(0, pixels);
      for (let frame = 0; frame < 2; frame += 1) await new Promise(requestAnimationFrame);
    }, by);
    await quiet(page);
  }

  // What is held is never quiet: some frames are enough for the page to be drawn without it.
  const quietly = (page) => page.evaluate(async () => {
    for (let frame = 0; frame < 10; frame += 1) await new Promise(requestAnimationFrame);
  });

  async function returns(page, href, before) {
    await page.goBack();
    await page.waitForFunction(
      (wanted) => document.activeElement?.getAttribute("href") === wanted, href);
    const after = await placeOf(page, href);
    assert.ok(Math.abs(after - before) <= 1, `from ${before} to ${after}`);
  }

  const lists = [
    { path: "/", number: 40 },
    { path: "/recent", number: 150 },
    { path: "/popular", number: 15 },
    { path: "/tags/harbour", number: 150 },
    { path: "/@jonas", number: 150 },
    { path: "/search?q=harbour", number: 150 },
    { path: "/collections/8000", number: 4 },
    { path: "/me", number: 150 },
  ];
  for (const { path, number } of lists) {
    for (const width of path.length > 7 ? [390] : [390, 1280]) {
      it(`leads to the same photo of ${path} at ${width} px`, async () => {
        bench.server.fake.many = 400;
        bench.server.fake.tiny = true;
        const one = await bench.visit(path, { viewport: { width, height: 844 } });
        await scrollTo(one.page, number, 1000);
        await scrolled(one.page, 37);
        const { id } = await firstSeen(one.page);
        const before = await placeOf(one.page, id);
        await followed(one.page, id);
        const asked = [];
        one.page.on("request", (request) => {
          const { pathname } = new URL(request.url());
          if (pathname.startsWith("/v1/")) asked.push(pathname);
        });
        await returns(one.page, id, before);
        const ofLists = /^\/v1\/(feed|popular|tags|search|accounts|collections|me\/photos)/;
        assert.deepEqual(asked.filter((path) => ofLists.test(path)), []);
        // Forward, and Back once more.
        await one.page.goForward();
        await one.page.waitForURL(`**${id}`);
        await one.page.waitForSelector("main h1");
        await returns(one.page, id, before);
        one.assertNoComplaints(unknown);
        await one.context.close();
      });
    }
  }

  it("leads to the same photo where the list's element has moved", async () => {
    bench.server.fake.many = 6000;
    bench.server.fake.tiny = true;
    const one = await bench.visit("/", phone);
    const most = await scrollTo(one.page, 6000);
    assert.ok(most.scrolled > 2_900_000);
    await scrolled(one.page, -5000);
    await watchShifts(one.page);
    const { id } = await firstSeen(one.page);
    const before = await placeOf(one.page, id);
    await followed(one.page, id);
    await returns(one.page, id, before);
    await shifts(one.page);
    assert.ok(Math.abs((await placeOf(one.page, id)) - before) <= 1, "and it stays there");
    one.assertNoComplaints(unknown);
    await one.context.close();
  });

  // The last link that is seen at the end of a page that keeps no list: Back leads there.
  async function toItsEnd(page, kind) {
    await page.evaluate(() => window.scrollTo(0, document.documentElement.scrollHeight));
    await quiet(page);
    return page.evaluate((wanted) => {
      const seen = ({ top, bottom }) => top > 0 && bottom < innerHeight;
      const links = [...document.querySelectorAll(`main a[href^="${wanted}"]`)];
      const link = links.filter((one) => seen(one.getBoundingClientRect())).at(-1);
      const href = link.getAttribute("href");
      const first = document.querySelector(`main a[href="${href}"]`);
      return { href, first: first === link, scroll: window.scrollY };
    }, kind);
  }

  for (const { what, path, kind } of [
    { what: "a photo's page", path: (fake) => `/photo/${fake.photos[0].card.id}`, kind: "/photo/" },
    { what: "Activity", path: () => "/activity", kind: "/" },
  ]) {
    it(`leads to where ${what} was left`, async () => {
      const one = await bench.visit(path(bench.server.fake), phone);
      const { href, scroll } = await toItsEnd(one.page, kind);
      assert.ok(scroll > 300, `it is long enough: ${scroll}`);
      await one.page.evaluate((wanted) => {
        [...document.querySelectorAll(`main a[href="${wanted}"]`)].at(-1).click();
      }, href);
      await one.page.waitForURL(`**${href}`);
      await one.page.waitForSelector("main h1");
      bench.server.fake.hold(); // nothing is there before the page
      await one.page.goBack();
      await quietly(one.page);
      bench.server.fake.release();
      await one.page.waitForFunction((wanted) => Math.abs(window.scrollY - wanted) <= 1, scroll);
      await one.page.waitForFunction(
        (wanted) => document.activeElement?.getAttribute("href") === wanted, href);
      one.assertNoComplaints(unknown);
      await one.context.close();
    });
  }

  it("leads to the same photo after somebody was followed", async () => {
    bench.server.fake.many = 400;
    bench.server.fake.tiny = true;
    const one = await bench.visit("/recent");
    await scrollTo(one.page, 150, 1000);
    let id = "";
    do {
      await scrolled(one.page, 237);
      ({ id } = await firstSeen(one.page));
    } while (bench.server.fake.card(id.split("/").at(-1)).owner.handle === "mei");
    const before = await placeOf(one.page, id);
    await followed(one.page, id);
    const followedBy = one.page.waitForRequest((request) =>
      request.method() === "PUT" && request.url().endsWith("/follow"));
    await quiet(one.page);
    await one.page.keyboard.press("f");
    await followedBy;
    await one.page.locator(".toast").waitFor();
    await returns(one.page, id, before);
    one.assertNoComplaints(unknown);
    await one.context.close();
  });

  it("leaves a profile as it is while its member is followed", async () => {
    bench.server.fake.many = 400;
    bench.server.fake.tiny = true;
    const one = await bench.visit("/@jonas");
    await scrollTo(one.page, 150, 1000);
    await scrolled(one.page, 37);
    const { id } = await firstSeen(one.page);
    const before = await placeOf(one.page, id);
    const follow = one.page.locator("main header").getByRole("button").first();
    const word = await follow.textContent();
    // Not Playwright's click, which scrolls.
    await follow.evaluate((button) => button.click());
    await one.page.waitForFunction((was) =>
      document.querySelector("main header button").textContent !== was, word);
    await quiet(one.page);
    assert.ok(Math.abs((await placeOf(one.page, id)) - before) <= 1);
    one.assertNoComplaints(unknown);
    await one.context.close();
  });

  it("leads to the same photo after several searches", async () => {
    bench.server.fake.many = 400;
    bench.server.fake.tiny = true;
    const one = await bench.visit("/recent");
    await scrollTo(one.page, 150, 1000);
    await scrolled(one.page, 37);
    const field = one.page.getByRole("combobox", { name: /^Search/ });
    await field.fill("harbour"); // which scrolls
    await quiet(one.page);
    const { id } = await firstSeen(one.page);
    const before = await placeOf(one.page, id);
    const words = ["harbour", "boat", "cat", "dog", "tree"];
    for (const q of words) {
      if (q !== words[0]) await field.fill(q);
      await one.page.keyboard.press("Enter");
      await one.page.waitForURL(`**/search?q=${q}*`);
      await quiet(one.page);
    }
    for (const _ of words) {
      await one.page.goBack();
      await quiet(one.page);
    }
    assert.ok(Math.abs((await placeOf(one.page, id)) - before) <= 1);
    one.assertNoComplaints(unknown);
    await one.context.close();
  });

  it("begins a list anew that is not what it was", async () => {
    bench.server.fake.many = 400;
    bench.server.fake.tiny = true;
    const one = await bench.visit("/@jonas");
    await scrollTo(one.page, 200, 1000);
    const { id } = await firstSeen(one.page);
    await followed(one.page, id);
    await quiet(one.page); // what is pressed while it is drawn anew may be gone when it is let go
    await one.page.locator(".panel a[href^='/@']").first().click();
    await one.page.waitForURL("**/@*");
    // Whoever is muted is in other lists no more.
    await one.page.locator("main summary").click();
    await one.page.getByRole("button", { name: /^Mute / }).click();
    await one.page.getByText("Muted", { exact: true }).waitFor();
    await one.page.goBack();
    await one.page.waitForURL(`**${id}`);
    await one.page.goBack();
    await one.page.waitForURL("**/@jonas");
    await one.page.waitForFunction(() => document.querySelector("main [data-block] a"));
    assert.equal(await one.page.evaluate(() => window.scrollY), 0);
    assert.equal((await firstSeen(one.page)).number, 1);
    one.assertNoComplaints(unknown);
    await one.context.close();
  });

  it("leads to the top of a list that was left there", async () => {
    bench.server.fake.many = 400;
    const one = await bench.visit("/recent");
    await one.page.evaluate(() => window.scrollTo(0, 60));
    await one.page.waitForFunction(() => window.scrollY === 60);
    const href = await one.page.locator("main li > a").first().getAttribute("href");
    await followed(one.page, href);
    await one.page.goBack();
    await one.page.waitForFunction(() => window.scrollY === 60);
    one.assertNoComplaints(unknown);
    await one.context.close();
  });

  it("leads to a list that has what was changed of its photo", async () => {
    const one = await bench.visit("/me", phone);
    const card = bench.server.fake.card("7000");
    const before = { ...card };
    await followed(one.page, "/photo/7000");
    await quiet(one.page); // what its owner may do comes later
    await main(one.page).getByRole("button", { name: "Edit", exact: true }).first().click();
    await main(one.page).getByLabel("Title", { exact: true }).fill("Another title");
    await main(one.page).getByRole("button", { name: "Save changes" }).click();
    await main(one.page).getByRole("heading", { level: 1, name: "Another title" }).waitFor();
    const asked = [];
    one.page.on("request", (request) => asked.push(new URL(request.url()).pathname));
    await one.page.goBack();
    await one.page.waitForURL("**/me");
    await main(one.page).locator('a[href="/photo/7000"]').getByText("Another title")
      .waitFor({ state: "attached" });
    assert.ok(!asked.includes("/v1/me/photos"), "the list is the one that was left");
    Object.assign(card, before);
    one.assertNoComplaints(unknown);
    await one.context.close();
  });

  it("leads to a list that has not what was deleted", async () => {
    const { fake } = bench.server;
    const all = fake.photos;
    const one = await bench.visit("/me", phone);
    await followed(one.page, "/photo/7000");
    await quiet(one.page); // what its owner may do comes later
    await main(one.page).getByRole("button", { name: "Delete", exact: true }).first().click();
    await main(one.page).getByRole("button", { name: "Delete for good" }).click();
    await main(one.page).getByText("The photo is gone.").waitFor();
    await one.page.goBack();
    await one.page.waitForURL("**/me");
    await main(one.page).locator("[data-block] a").first().waitFor();
    await until(async () => (await placeOf(one.page, "/photo/7000")) === null);
    fake.photos = all;
    one.assertNoComplaints(unknown);
    await one.context.close();
  });

  it("asks anew for what was kept under a name that has changed", async () => {
    const one = await bench.visit("/@mei");
    await one.page.getByRole("link", { name: "Settings" }).click();
    const name = one.page.locator("main").getByLabel("Name", { exact: true });
    await name.fill("Mei Lin Tan");
    await name.blur();
    await one.page.getByText("Name: saved.").waitFor(); // the page has the answer by then
    const asked = one.page.waitForRequest("**/v1/accounts/mei");
    await one.page.goBack();
    await asked;
    one.assertNoComplaints();
    await one.context.close();
  });
});
