// The home feed: what can be done below each photo, and new photos that wait until they are wanted.
import assert from "node:assert/strict";
import { afterEach, describe, it } from "node:test";
import { firstSeen, scrollTo, shifts, watchShifts } from "../support/lists.mjs";
import { quiet } from "../support/quiet.mjs";
import { main } from "../support/steps.mjs";
import { noPages, pagesBench, phone, until } from "../support/visit.mjs";

describe("the home feed", { skip: noPages }, () => {
  const bench = pagesBench();
  const published = [];

  afterEach(() => {
    const { fake } = bench.server;
    fake.photos = fake.photos.filter((photo) => !published.includes(photo));
  });

  // Somebody else's photos, the newest first.
  function publish(count) {
    const { fake } = bench.server;
    for (let step = 0; step < count; step += 1) {
      const [{ file, card }] = fake.photos.slice(-1);
      const id = String(7900 + published.length);
      const photo = { file, card: { ...card, id, title: `New ${id}`, state: "published" } };
      published.push(photo);
      fake.photos.unshift(photo);
    }
  }

  const article = (one, at = 0) => main(one.page).getByRole("article").nth(at);
  const toasts = (one) => one.page.getByRole("group", { name: "Messages" });
  const button = (of, name) => of.getByRole("button", { name, exact: true });

  it("has a column of 680 px, and each photo whole in it", async () => {
    const one = await bench.visit("/", { viewport: { width: 1440, height: 900 } });
    for (const photo of await main(one.page).getByRole("article").all()) {
      const box = await photo.boundingBox();
      assert.deepEqual([box.width, box.x], [680, 416]);
      const picture = await photo.locator("[data-photo]").boundingBox();
      assert.ok(picture.height <= 0.85 * 900 + 0.5 && picture.width <= 680.5);
      const { id } = await photo.locator("[data-photo]").evaluate(({ dataset }) =>
        ({ id: dataset.photo }));
      const { width, height } = bench.server.fake.card(id);
      assert.ok(Math.abs(picture.width / picture.height - width / height) < 0.01);
    }
    const [first, next] = [await article(one).boundingBox(), await article(one, 1).boundingBox()];
    assert.ok(Math.abs(next.y - first.y - first.height - 48) < 0.02, "48 px to the next");
    one.assertNoComplaints();
    await one.context.close();
  });

  it("shows a like at once, and sends what is wanted in the end", async () => {
    const one = await bench.visit("/", phone);
    const like = button(article(one), "Like");
    const { fake } = bench.server;
    const card = fake.cards().find(({ state }) => state === "published");
    const before = card.liked;
    fake.hold(/\/like$/);
    await like.click();
    assert.equal(await like.getAttribute("aria-pressed"), String(!before));
    await like.click();
    await like.click();
    assert.equal(await like.getAttribute("aria-pressed"), String(!before));
    fake.release();
    await quiet(one.page);
    assert.equal(card.liked, !before);
    await like.click();
    await quiet(one.page);
    assert.equal(card.liked, before);
    one.assertNoComplaints();
    await one.context.close();
  });

  it("takes a like back that the server refuses, and says so", async () => {
    const one = await bench.visit("/", phone);
    const like = button(article(one), "Like");
    const count = article(one).locator(".like .numbers");
    const [pressed, said] = [await like.getAttribute("aria-pressed"), await count.innerText()];
    bench.server.fake.failing = true;
    await like.click();
    await toasts(one).getByText("The server is busy. Try again shortly.").waitFor();
    assert.equal(await like.getAttribute("aria-pressed"), pressed);
    assert.equal(await count.innerText(), said);
    one.assertNoComplaints([503]);
    await one.context.close();
  });

  it("shows which photos are saved, asked for once a page", async () => {
    const asked = [];
    bench.server.fake.many = 30;
    const one = await bench.visit("/", phone);
    one.page.on("request", (request) => {
      const { pathname, searchParams } = new URL(request.url());
      if (pathname === "/v1/me/saved/ids") asked.push(searchParams.get("among").split(",").length);
    });
    await one.page.reload();
    await quiet(one.page);
    assert.equal(asked[0], 20);
    for (const at of [0, 1, 2]) {
      const link = await article(one, at).locator("a.frame").getAttribute("href");
      const saved = Number(link.split("/").at(-1)) % 3 === 0;
      assert.equal(await button(article(one, at), "Save").getAttribute("aria-pressed"), `${saved}`);
    }
    await one.context.close();
  });

  it("saves a photo, and takes that back where it is said", async () => {
    const one = await bench.visit("/", phone);
    const asked = [];
    one.page.on("request", (request) => {
      if (request.url().endsWith("/saved")) asked.push(request.method());
    });
    const save = button(article(one), "Save");
    if ((await save.getAttribute("aria-pressed")) === "true") await save.click();
    asked.length = 0;
    await save.click();
    assert.equal(await save.getAttribute("aria-pressed"), "true");
    await toasts(one).getByText("Saved.").waitFor();
    await button(toasts(one), "Undo").click();
    await quiet(one.page);
    assert.equal(await save.getAttribute("aria-pressed"), "false");
    assert.deepEqual(asked, ["PUT", "DELETE"]);
    bench.server.fake.failing = true;
    await save.click();
    await toasts(one).getByText("The server is busy. Try again shortly.").waitFor();
    assert.equal(await save.getAttribute("aria-pressed"), "false");
    one.assertNoComplaints([503]);
    await one.context.close();
  });

  it("copies the address of a photo, or hands it to the device", async () => {
    const one = await bench.visit("/", phone);
    await one.context.grantPermissions(["clipboard-read", "clipboard-write"]);
    const href = await article(one).locator("a.frame").getAttribute("href");
    await one.page.evaluate(() => delete Navigator.prototype.share);
    await button(article(one), "Share").click();
    await toasts(one).getByText("The link is copied.").waitFor();
    const copied = await one.page.evaluate(() => navigator.clipboard.readText());
    assert.equal(copied, bench.server.address + href);
    await one.page.evaluate(() => {
      navigator.share = (what) => {
        window.shared = what;
        return Promise.resolve();
      };
    });
    await button(article(one), "Share").click();
    const shared = await one.page.evaluate(() => window.shared);
    assert.equal(shared.url, bench.server.address + href);
    assert.ok(shared.title.length > 0);
    one.assertNoComplaints();
    await one.context.close();
  });

  it("opens the text of a photo for those who cannot see it", async () => {
    const one = await bench.visit("/", phone);
    const text = "A quiet place with a lot of light.";
    const badge = article(one).getByRole("button", { name: /^ALT/ });
    assert.equal(await article(one).getByText(text).isVisible(), false);
    await badge.focus();
    await one.page.keyboard.press("Enter");
    await article(one).getByText(text).waitFor();
    assert.equal(await badge.getAttribute("aria-expanded"), "true");
    await badge.click();
    assert.equal(await article(one).getByText(text).isVisible(), false);
    const without = bench.server.fake.cards().filter(({ state }) => state === "published")
      .findIndex(({ alt }) => !alt);
    assert.equal(await article(one, without).getByRole("button", { name: /^ALT/ }).count(), 0);
    one.assertNoComplaints();
    await one.context.close();
  });

  it("shows two lines of what is said, and all of it when asked", async () => {
    const one = await bench.visit("/", { viewport: { width: 390, height: 1600 } });
    const told = article(one).locator(".second");
    assert.ok((await told.boundingBox()).height <= 48.5);
    const next = article(one, 1);
    const before = await next.boundingBox();
    await button(article(one), "More").click();
    await one.page.waitForFunction(() => document.querySelector(".second").clientHeight > 48);
    await one.page.waitForFunction((y) => {
      const nodes = document.querySelectorAll("main article");
      return nodes[1].getBoundingClientRect().top > y;
    }, before.y);
    const [first, second] = [await article(one).boundingBox(), await next.boundingBox()];
    assert.ok(Math.abs(second.y - first.y - first.height - 48) < 0.02);
    one.assertNoComplaints();
    await one.context.close();
  });

  // As the browser does where somebody comes back to the page.
  const comeBack = (one) =>
    one.page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));

  it("says that there are new photos, moves nothing, and shows them when asked", async () => {
    const one = await bench.visit("/", phone);
    await one.page.evaluate(() => window.scrollTo(0, 900));
    await watchShifts(one.page);
    let before;
    await until(async () => (before = await firstSeen(one.page)));
    publish(3);
    await comeBack(one);
    const pill = button(main(one.page), "3 new photos");
    await pill.waitFor();
    assert.deepEqual(await firstSeen(one.page), before);
    assert.equal(await one.page.evaluate(() => window.scrollY), 900);
    assert.deepEqual(await shifts(one.page), []);
    await one.shot("new-photos");
    await pill.click();
    await article(one).getByRole("heading", { name: published.at(-1).card.title }).waitFor();
    assert.equal(await one.page.evaluate(() => window.scrollY), 0);
    assert.equal(await pill.count(), 0);
    await comeBack(one);
    await quiet(one.page);
    assert.equal(await main(one.page).getByRole("button", { name: /new photo/ }).count(), 0);
    one.assertNoComplaints();
    await one.context.close();
  });

  it("shows what is published first, where nothing was, as soon as it is told", async () => {
    const { fake } = bench.server;
    fake.empty = true;
    const one = await bench.visit("/", phone);
    const empty = main(one.page).getByText("No photos yet. Follow someone or upload your first.");
    await empty.waitFor();
    await until(() => fake.lines === 1);
    fake.empty = false;
    fake.tell("feed", {});
    await article(one).waitFor();
    assert.equal(await empty.count(), 0);
    assert.equal(await main(one.page).getByRole("button", { name: /new photo/ }).count(), 0);
    one.assertNoComplaints();
    await one.context.close();
  });

  it("begins anew where more are new than fit a page", async () => {
    const one = await bench.visit("/", phone);
    publish(25);
    await comeBack(one);
    await button(main(one.page), "More than 20 new photos").click();
    await article(one).getByRole("heading", { name: published.at(-1).card.title }).waitFor();
    const all = bench.server.fake.cards(({ state }) => state === "published").length;
    await scrollTo(one.page, all, 1500);
    await main(one.page).locator(`[aria-posinset="${all}"][aria-setsize="${all}"]`).waitFor();
    one.assertNoComplaints();
    await one.context.close();
  });
});
