// Pages by keyboard alone.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { main } from "../support/steps.mjs";
import { noPages, pagesBench } from "../support/visit.mjs";

describe("the keyboard", { skip: noPages }, () => {
  const bench = pagesBench();

  const focused = (page) =>
    page.evaluate(() => document.activeElement.textContent.replace(/\s+/g, " ").trim());

  // Pages put the focus somewhere after they have changed.
  const focuses = (page, pattern) =>
    page.waitForFunction(
      (source) =>
        new RegExp(source).test(document.activeElement.textContent.replace(/\s+/g, " ").trim()),
      pattern.source,
    );

  it("is used by keyboard: skip link, links, like, follow", async () => {
    const one = await bench.visit("/photo/7000");
    await one.page.keyboard.press("Tab");
    assert.equal(await focused(one.page), "Skip to the content");
    await one.page.keyboard.press("Enter");
    await one.page.keyboard.press("Tab");
    assert.equal(await focused(one.page), "View it alone");
    await one.page.keyboard.press("Tab");
    assert.equal(await focused(one.page), "MT Mei Tan");
    await one.page.keyboard.press("Tab");
    await one.page.keyboard.press("Space");
    await one.page.getByRole("button", { name: "Like", pressed: true }).waitFor();
    await one.page.goto("/@jonas");
    await one.page.getByRole("button", { name: "Follow", exact: true }).focus();
    await one.page.keyboard.press("Enter");
    await one.page.getByRole("button", { name: "Unfollow" }).waitFor();
    await one.context.close();
  });

  for (const path of ["/recent", "/"]) {
    it(`moves through the photos of ${path}`, async () => {
      bench.server.fake.many = 300;
      const one = await bench.visit(path);
      const number = () =>
        one.page.evaluate(() =>
          Number(document.activeElement.closest("[data-block]")?.getAttribute("aria-posinset")),
        );
      const seen = [];
      const expected = [1, 2, 3, 2, ...Array.from({ length: 30 }, (_, step) => 3 + step)];
      for (const [at, key] of ["j", "j", "j", "k", ..."j".repeat(30)].entries()) {
        // What is not here yet cannot be gone to: it is drawn, and asked for, when there is time.
        await one.page.locator(`main [aria-posinset="${expected[at]}"] a[href^="/photo/"]`).first()
          .waitFor({ state: "attached" });
        await one.page.keyboard.press(key);
        await one.page.evaluate(() => new Promise(requestAnimationFrame));
        seen.push(await number());
      }
      assert.deepEqual(seen, expected);
      const box = await one.page.locator(":focus").boundingBox();
      assert.ok(box.y + box.height > 0 && box.y < 800, "it is in the window");
      if (path === "/") {
        const like = one.page.locator("article:has(:focus) .like button");
        const before = await like.getAttribute("aria-pressed");
        await one.page.keyboard.press("l");
        assert.notEqual(await like.getAttribute("aria-pressed"), before);
      }
      await one.page.keyboard.press("Enter");
      await one.page.waitForURL("**/photo/*");
      one.assertNoComplaints();
      await one.context.close();
    });
  }

  it("mutes somebody by keyboard, and says so", async () => {
    const one = await bench.visit("/@jonas");
    const more = main(one.page).locator("summary");
    await more.focus();
    await one.page.keyboard.press("Enter");
    await one.page.getByRole("button", { name: /^Mute / }).waitFor();
    await one.page.keyboard.press("Tab");
    await focuses(one.page, /^Mute /);
    await one.page.keyboard.press("Escape");
    await focuses(one.page, /^More$/);
    await one.page.keyboard.press("Enter");
    await one.page.getByRole("button", { name: /^Mute / }).waitFor();
    await one.page.keyboard.press("Tab");
    await one.page.keyboard.press("Enter");
    await main(one.page).getByText("Muted", { exact: true }).waitFor();
    await focuses(one.page, /^More$/);
    await one.page.keyboard.press("Enter");
    await one.page.getByRole("button", { name: /^Unmute/ }).waitFor();
    await main(one.page).getByRole("heading", { level: 1 }).click();
    await one.page.getByRole("button", { name: /^Unmute/ }).waitFor({ state: "hidden" });
    one.assertNoComplaints();
    await one.context.close();
  });

  it("blocks somebody by keyboard, and is where that is undone", async () => {
    const one = await bench.visit("/@jonas");
    await main(one.page).locator("summary").focus();
    await one.page.keyboard.press("Enter");
    await one.page.getByRole("button", { name: /^Block / }).focus();
    await one.page.keyboard.press("Enter");
    await focuses(one.page, /^Unblock$/);
    await one.page.keyboard.press("Enter");
    await main(one.page).getByRole("button", { name: "Follow", exact: true }).waitFor();
    await focuses(one.page, /^Follow$/);
    one.assertNoComplaints();
    await one.context.close();
  });

  it("closes a menu that has just been opened, before it has told so", async () => {
    const one = await bench.visit("/@jonas");
    const stays = await main(one.page).locator("details").evaluate(async (details) => {
      const summary = details.querySelector("summary");
      summary.focus();
      summary.click();
      const escape = { key: "Escape", bubbles: true };
      summary.dispatchEvent(new KeyboardEvent("keydown", escape));
      await new Promise((resolve) => setTimeout(resolve, 50));
      return details.open;
    });
    assert.equal(stays, false);
    one.assertNoComplaints();
    await one.context.close();
  });
});
