// The page of a photo, against the fake server: what it was opened from leads on and back, its
// boxes are there before its words, it is passed on, and a link leads to a comment wherever it is.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { quiet } from "../support/quiet.mjs";
import { main } from "../support/steps.mjs";
import { noPages, pagesBench, phone, settled, until } from "../support/visit.mjs";

describe("the page of a photo", { skip: noPages }, () => {
  const bench = pagesBench();
  const path = (page) => new URL(page.url()).pathname;
  const links = (page) => main(page).locator('a[href^="/photo/"]');
  const ids = async (page) => {
    const all = await links(page).evaluateAll((nodes) =>
      nodes.map((node) => /^\/photo\/(\d+)$/.exec(node.getAttribute("href"))?.[1]));
    return [...new Set(all.filter(Boolean))];
  };
  // At rest: a key that is pressed while the page is drawn anew is nobody's.
  const at = async (page, id) => {
    await page.waitForFunction(
      (wanted) => location.pathname === wanted && document.querySelector("main h1"),
      `/photo/${id}`);
    await quiet(page);
  };

  for (const list of ["/", "/recent", "/popular", "/@jonas", "/tags/harbour", "/search?q=harbour",
    "/me", "/collections/8000"]) {
    it(`leads on and back in ${list}`, async () => {
      const one = await bench.visit(list);
      // Rows beyond the window are drawn when there is time for them.
      await until(async () => (await ids(one.page)).length >= 3);
      const [first, second, third] = await ids(one.page);
      await links(one.page).first().click();
      await at(one.page, first);
      assert.equal(await one.page.getByRole("link", { name: "Previous photo" }).count(), 0);
      await one.page.getByRole("link", { name: "Next photo" }).click();
      await at(one.page, second);
      await one.page.keyboard.press("ArrowRight");
      await at(one.page, third);
      await one.page.keyboard.press("k");
      await at(one.page, second);
      await one.page.goBack(); // to the list, not through the photos
      await one.page.waitForURL(`**${list}`);
      one.assertNoComplaints();
      await one.context.close();
    });
  }

  it("has nothing beside it where it was not opened from a list", async () => {
    const one = await bench.visit("/photo/7001");
    assert.equal(await one.page.getByRole("link", { name: /(Next|Previous) photo/ }).count(), 0);
    await one.page.keyboard.press("ArrowRight");
    await one.page.keyboard.press("j");
    assert.equal(path(one.page), "/photo/7001");
    await one.context.close();
  });

  it("leads on from what is similar, among those", async () => {
    const one = await bench.visit("/photo/7006");
    const similar = one.page.getByRole("region", { name: "Similar photos" });
    const wanted = await similar.getByRole("link").evaluateAll((nodes) =>
      nodes.map((node) => node.pathname.split("/").at(-1)));
    await similar.getByRole("link").first().click();
    await at(one.page, wanted[0]);
    await one.page.getByRole("link", { name: "Next photo" }).click();
    await at(one.page, wanted[1]);
    await one.context.close();
  });

  it("goes on beyond what the list has loaded", async () => {
    bench.server.fake.many = 60;
    const one = await bench.visit("/recent");
    const known = await ids(one.page);
    // By its address: more of them may be drawn by now.
    await main(one.page).locator(`a[href="/photo/${known.at(-1)}"]`).first()
      .evaluate((link) => link.click());
    await at(one.page, known.at(-1));
    await one.page.getByRole("link", { name: "Next photo" }).click();
    await at(one.page, String(Number(known.at(-1)) + 1));
    await one.context.close();
  });

  it("shows the photo at once that the list has, and the boxes of the rest", async () => {
    const one = await bench.visit("/recent");
    bench.server.fake.hold(/^\/v1\/photos\/\d+$/);
    await links(one.page).first().click();
    await one.page.waitForURL("**/photo/*");
    const picture = main(one.page).locator(".stage img");
    await picture.waitFor();
    await one.page.locator(".skeleton").waitFor();
    assert.equal(await one.page.getByRole("heading", { level: 1 }).count(), 0);
    const before = await picture.boundingBox();
    await picture.evaluate((node) => (node.same = true));
    bench.server.fake.release();
    await settled(one.page);
    assert.deepEqual(await picture.boundingBox(), before);
    assert.equal(await picture.evaluate((node) => node.same), true);
    assert.equal(await one.page.locator(".skeleton").count(), 0);
    await one.context.close();
  });

  it("has its boxes before anything is known", async () => {
    bench.server.fake.hold(/^\/v1\/photos\/\d+$/);
    const one = await bench.visit("/recent");
    await one.page.goto("/photo/7000");
    await one.page.locator(".skeleton").waitFor();
    const panel = await one.page.locator(".panel").boundingBox();
    assert.equal(panel.width, 360);
    bench.server.fake.release();
    await settled(one.page);
    assert.equal((await one.page.locator(".panel").boundingBox()).x, panel.x);
    await one.context.close();
  });

  it("says what is wrong, and tries again", async () => {
    const one = await bench.visit("/recent");
    bench.server.fake.failing = true;
    await links(one.page).first().click();
    await main(one.page).getByRole("alert").waitFor();
    bench.server.fake.failing = false;
    await main(one.page).getByRole("button", { name: "Try again" }).click();
    await main(one.page).getByRole("heading", { level: 1 }).waitFor();
    one.assertNoComplaints([503]);
    await one.context.close();
  });

  it("hides and shows what is beside it with i", async () => {
    const one = await bench.visit("/photo/7000");
    const panel = one.page.locator(".panel");
    const width = () => one.page.locator(".stage").evaluate((node) => node.clientWidth);
    const before = await width();
    await one.page.keyboard.press("i");
    await panel.waitFor({ state: "hidden" });
    assert.equal(await width(), 1280 - 72); // the rail stays
    await one.page.keyboard.press("i");
    await panel.waitFor();
    assert.equal(await width(), before);
    await one.page.setViewportSize({ width: 390, height: 844 });
    await one.page.keyboard.press("i");
    assert.ok(await panel.evaluate((node) => node === document.activeElement));
    assert.ok(await panel.isVisible());
    await one.context.close();
  });

  it("is liked with l and commented with c", async () => {
    const one = await bench.visit("/photo/7000");
    const like = (pressed) => main(one.page).getByRole("button", { name: "Like", pressed });
    const before = await like(true).count();
    await one.page.keyboard.press("l");
    await like(before === 0).waitFor();
    await one.page.keyboard.press("c");
    assert.equal(await one.page.evaluate(() => document.activeElement.id), "new-comment");
    await one.page.keyboard.type("ilc"); // letters, while one types
    assert.equal(await main(one.page).getByLabel("Add a comment").inputValue(), "ilc");
    await like(before === 0).waitFor();
    one.assertNoComplaints();
    await one.context.close();
  });

  it("stays liked where something else of it is learned meanwhile", async () => {
    const one = await bench.visit("/photo/7000");
    const sent = [];
    one.page.on("request", (request) => {
      if (request.url().endsWith("/like")) sent.push(request.method());
    });
    const like = (pressed) => main(one.page).getByRole("button", { name: "Like", pressed });
    const before = (await like(true).count()) === 1;
    bench.server.fake.hold(/\/like$/);
    await one.page.keyboard.press("l");
    await like(!before).waitFor();
    await main(one.page).getByLabel("Add a comment").fill("Two mornings.");
    await one.page.keyboard.press("Control+Enter");
    await main(one.page).getByRole("heading", { name: "5 comments" }).waitFor();
    assert.equal(await like(!before).count(), 1, "while it is on its way");
    bench.server.fake.release();
    await quiet(one.page);
    assert.deepEqual(sent, [before ? "DELETE" : "PUT"]);
    assert.equal(await like(!before).count(), 1);
    one.assertNoComplaints();
    await one.context.close();
  });

  it("is passed on: its address is in the clipboard", async () => {
    const one = await bench.visit("/photo/7000", {
      ...phone,
      permissions: ["clipboard-read", "clipboard-write"],
    });
    await main(one.page).getByRole("button", { name: "Share" }).click();
    await one.page.getByText("The link is copied.").waitFor();
    const copied = await one.page.evaluate(() => navigator.clipboard.readText());
    assert.equal(copied, `${bench.server.address}/photo/7000`);
    await one.context.close();
  });

  it("is passed on by what the device has for that", async () => {
    const one = await bench.visit("/photo/7000");
    await one.page.evaluate(() => {
      navigator.share = async (what) => (window.passed = what);
    });
    await main(one.page).getByRole("button", { name: "Share" }).click();
    assert.deepEqual(await one.page.evaluate(() => window.passed), {
      title: "Morning at the harbour",
      url: `${bench.server.address}/photo/7000`,
    });
    assert.equal(await one.page.getByText("The link is copied.").count(), 0);
    await one.context.close();
  });

  const inView = (node) => {
    const { top, bottom } = node.getBoundingClientRect();
    return top >= 0 && bottom <= innerHeight && node === document.activeElement;
  };

  for (const [what, id] of [["a comment", "902"], ["a reply", "905"], ["one far down", "881"]]) {
    it(`leads to ${what} that the address names`, async () => {
      const one = await bench.visit(`/photo/7000#comment-${id}`, phone);
      const comment = one.page.locator(`#comment-${id}`);
      await one.page.waitForFunction((name) =>
        document.activeElement?.id === name, `comment-${id}`);
      assert.ok(await comment.evaluate(inView));
      assert.equal(await one.page.locator("article.wanted").count(), 1);
      // Once, and with what it answers.
      assert.equal(await comment.count(), 1);
      if (id === "881") await one.page.getByText("The first who came by.").waitFor();
      one.assertNoComplaints();
      await one.context.close();
    });
  }

  it("says where the comment is not here any more", async () => {
    const one = await bench.visit("/photo/7000#comment-1");
    await main(one.page).getByText("is not here any more").waitFor();
    assert.equal(await main(one.page).getByText("Two mornings.").count(), 1);
    one.assertNoComplaints([404]);
    await one.context.close();
  });

  it("has replies one step in, and small pictures of who writes", async () => {
    const one = await bench.visit("/photo/7000");
    const box = (id) => one.page.locator(`#comment-${id}`).boundingBox();
    const [top, reply] = [await box("903"), await box("904")];
    assert.ok(reply.x - top.x >= 16);
    const avatar = await one.page.locator("#comment-903 .avatar").boundingBox();
    assert.deepEqual([avatar.width, avatar.height], [28, 28]);
    await one.context.close();
  });

  it("of one that is not developed leads to no viewer", async () => {
    const { card } = bench.server.fake.photos.find(({ card: { id } }) => id === "7002");
    const { urls } = card;
    card.urls = {};
    try {
      const one = await bench.visit("/photo/7002");
      assert.equal(await one.page.locator('a[href="/photo/7002/view"]').count(), 0);
      await one.context.close();
    } finally {
      card.urls = urls;
    }
  });
});
