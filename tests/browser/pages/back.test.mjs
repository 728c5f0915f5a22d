// Back leads to the same photo at the same place, within a pixel, with the focus on its link:
// whatever list it was in, however far down, and without asking for the list again.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { firstSeen, scrollTo, shifts, watchShifts } from "../support/lists.mjs";
import { quiet } from "../support/quiet.mjs";
import { noPages, pagesBench, phone } from "../support/visit.mjs";

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
