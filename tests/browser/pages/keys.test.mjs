// The keys of the pages (ui.md, section 8): each does what `?` says, none while somebody types, and
// all of them can be switched off.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { main } from "../support/steps.mjs";
import { noPages, pagesBench, settled, until } from "../support/visit.mjs";

describe("the keys", { skip: noPages }, () => {
  const bench = pagesBench();

  const press = async (page, keys) => {
    for (const key of keys.split(" ")) await page.keyboard.press(key);
  };
  const path = (page) => new URL(page.url()).pathname;
  const listed = (page) =>
    page.getByRole("dialog").locator("dt").evaluateAll((nodes) =>
      nodes.map((node) =>
        [...node.querySelectorAll("kbd")].map((key) => key.textContent).join(" ")));

  it("are all in the list", async () => {
    const one = await bench.visit("/recent");
    await press(one.page, "?");
    const dialog = one.page.getByRole("dialog", { name: "Keys" });
    await dialog.waitFor();
    const found = await listed(one.page);
    for (const key of [
      ..."jklfcui/?←→", "Enter", "Esc", "g h", "g e", "g a", "g p", "g s",
    ]) {
      assert.equal(found.filter((one) => one === key).length, 1, key);
    }
    await press(one.page, "Escape");
    await dialog.waitFor({ state: "detached" });
    // What only one page has is there as well.
    await one.page.goto("/moderation");
    await main(one.page).getByRole("heading", { level: 1 }).waitFor();
    await press(one.page, "?");
    await dialog.getByText("On this page, too").waitFor();
    assert.ok((await listed(one.page)).includes("a"));
    await dialog.getByRole("button", { name: "Close" }).click();
    await dialog.waitFor({ state: "detached" });
    one.assertNoComplaints();
    await one.context.close();
  });

  it("lead through the application", async () => {
    const one = await bench.visit("/photo/7000");
    for (const [keys, where] of [
      ["g e", "/recent"],
      ["g a", "/activity"],
      ["g p", "/@mei"],
      ["g s", "/settings"],
      ["u", "/upload"],
      ["g h", "/"],
    ]) {
      await press(one.page, keys);
      await one.page.waitForURL((url) => url.pathname === where);
      await main(one.page).getByRole("heading", { level: 1 }).waitFor({ state: "attached" });
    }
    // Two keys belong together for a second only.
    await one.page.clock.install();
    await press(one.page, "/");
    assert.equal(await one.page.evaluate(() => document.activeElement.type), "search");
    one.assertNoComplaints();
    await one.context.close();
  });

  it("do nothing while somebody types, nor with another key held", async () => {
    const one = await bench.visit("/recent");
    await press(one.page, "/");
    await one.page.keyboard.type("ghu?");
    assert.equal(await one.page.locator("header [type=search]").inputValue(), "ghu?");
    assert.equal(path(one.page), "/recent");
    assert.equal(await one.page.getByRole("dialog").count(), 0);
    await main(one.page).focus();
    await press(one.page, "Alt+u");
    await press(one.page, "Control+u");
    assert.equal(path(one.page), "/recent");
    one.assertNoComplaints();
    await one.context.close();
  });

  it("move through a list, open and like", async () => {
    bench.server.fake.many = 60;
    const one = await bench.visit("/");
    const at = () =>
      one.page.evaluate(() =>
        Number(document.activeElement.closest("[data-block]")?.getAttribute("aria-posinset")));
    // The second one is beyond the window, and drawn when there is time.
    await one.page.locator('main [aria-posinset="2"] a[href^="/photo/"]').first()
      .waitFor({ state: "attached" });
    const seen = [];
    for (const key of ["j", "ArrowRight", "k", "ArrowRight", "ArrowLeft"]) {
      await press(one.page, key);
      await one.page.evaluate(() => new Promise(requestAnimationFrame));
      seen.push(await at());
    }
    assert.deepEqual(seen, [1, 2, 1, 2, 1]);
    const like = one.page.locator("article:has(:focus) .like button");
    const before = await like.getAttribute("aria-pressed");
    await press(one.page, "l");
    assert.notEqual(await like.getAttribute("aria-pressed"), before);
    await press(one.page, "Enter");
    await one.page.waitForURL("**/photo/*");
    one.assertNoComplaints();
    await one.context.close();
  });

  it("like, comment and inform on a photo's page", async () => {
    const one = await bench.visit("/photo/7000");
    const like = main(one.page).locator(".actions [aria-pressed]");
    const before = await like.getAttribute("aria-pressed");
    await press(one.page, "l");
    await main(one.page)
      .locator(`.actions [aria-pressed="${before === "true" ? "false" : "true"}"]`).waitFor();
    await press(one.page, "i");
    await main(one.page).locator(".panel").waitFor({ state: "hidden" });
    await press(one.page, "i");
    await main(one.page).locator("#new-comment").waitFor();
    await press(one.page, "c");
    assert.equal(await one.page.evaluate(() => document.activeElement.id), "new-comment");
    one.assertNoComplaints();
    await one.context.close();
  });

  it("follow whose profile or photo it is, and never the other way", async () => {
    const one = await bench.visit("/@jonas");
    const asked = [];
    one.page.on("request", (request) => {
      const { pathname } = new URL(request.url());
      if (/\/follow$/.test(pathname)) asked.push(`${request.method()} ${pathname}`);
    });
    const follow = main(one.page).getByRole("button", { name: "Follow", exact: true });
    await follow.waitFor();
    await press(one.page, "f");
    await main(one.page).getByRole("button", { name: "Unfollow" }).waitFor();
    await press(one.page, "f");
    assert.deepEqual(asked, ["PUT /v1/accounts/jonas/follow"]);
    // The author of a photo whom one follows is only named.
    const { id, owner: other } = bench.server.fake
      .cards(({ owner, state }) => owner.handle !== "mei" && state === "published").at(0);
    await one.page.goto(`/photo/${id}`);
    await main(one.page).locator(".panel .who").waitFor();
    await press(one.page, "f");
    const said = one.page.getByText(`You follow ${other.name}.`);
    await said.waitFor();
    assert.equal(asked.length, 1);
    bench.server.fake.relation = { ...bench.server.fake.relation, following: false };
    await one.page.getByRole("group", { name: "Messages" }).getByRole("button").click();
    await press(one.page, "f");
    await said.waitFor();
    assert.deepEqual(asked.slice(1), [`PUT /v1/accounts/${other.handle}/follow`]);
    await one.page.getByRole("button", { name: "Undo" }).click();
    await said.waitFor({ state: "detached" });
    await until(() => asked.length > 2);
    assert.deepEqual(asked.slice(2), [`DELETE /v1/accounts/${other.handle}/follow`]);
    one.assertNoComplaints();
    await one.context.close();
  });

  it("do nothing behind the list of them", async () => {
    const one = await bench.visit("/moderation", { viewport: { width: 1440, height: 900 } });
    const { page } = one;
    const decided = [];
    page.on("request", (request) => {
      if (/\/decision$/.test(request.url()) && request.method() === "POST") decided.push(1);
    });
    await page.getByRole("article", { name: /^Case of/ }).waitFor();
    const dialog = page.getByRole("dialog", { name: "Keys" });
    await press(page, "?");
    await dialog.waitFor();
    await press(page, "a r s h");
    await press(page, "Escape");
    await dialog.waitFor({ state: "detached" });
    await settled(page);
    assert.deepEqual(decided, []);
    await page.goto("/recent");
    await main(page).getByRole("heading", { level: 1 }).waitFor();
    await press(page, "?");
    await dialog.waitFor();
    // The focus may be anywhere in it.
    await dialog.getByRole("heading", { name: "Keys", exact: true }).click();
    await press(page, "u");
    await press(page, "g a");
    await settled(page);
    assert.equal(path(page), "/recent");
    await press(page, "Escape");
    await dialog.waitFor({ state: "detached" });
    await press(page, "u");
    await page.waitForURL("**/upload");
    one.assertNoComplaints();
    await one.context.close();
  });

  // Its time stands still: what can be undone stays so, however slow the machine is.
  async function still(page) {
    await page.clock.install({ time: 0 });
    await page.clock.pauseAt(60_000);
  }
  const messages = (page) => page.getByRole("group", { name: "Messages" });

  it("take back what was done last, also at the switch that did it", async () => {
    const one = await bench.visit("/settings");
    const { page } = one;
    await still(page);
    const sent = [];
    page.on("request", (request) => {
      if (request.method() === "PATCH") sent.push(request.postDataJSON());
    });
    const dialog = page.getByRole("dialog", { name: "Keys" });
    const isListed = async () => {
      await press(page, "?");
      await dialog.waitFor();
      const found = await listed(page);
      await press(page, "Escape");
      await dialog.waitFor({ state: "detached" });
      return found.includes("z");
    };
    const lock = main(page).getByRole("switch", { name: "Private account" });
    await lock.focus();
    assert.equal(await isListed(), false, "there is nothing to take back");
    await press(page, "Space");
    await messages(page).getByText("Private account: saved.").waitFor();
    assert.equal(await isListed(), true);
    await press(page, "z");
    await messages(page).getByText("Private account: put back as it was.").waitFor();
    assert.deepEqual(sent, [{ private: true }, { private: false }]);
    assert.equal(await lock.isChecked(), false);
    assert.equal(await isListed(), false);
    await press(page, "z");
    assert.equal(sent.length, 2);
    one.assertNoComplaints();
    await one.context.close();
  });

  it("say why something cannot be taken back", async () => {
    const { fake } = bench.server;
    fake.relation = { ...fake.relation, following: false };
    const { id } = fake
      .cards(({ owner, state }) => owner.handle !== "mei" && state === "published").at(0);
    const one = await bench.visit(`/photo/${id}`);
    const { page } = one;
    await still(page);
    await press(page, "f");
    await messages(page).getByRole("button", { name: "Undo" }).waitFor();
    fake.failing = /\/follow$/;
    await press(page, "z");
    await messages(page).getByText("The server is busy. Try again shortly.").waitFor();
    assert.equal(await messages(page).getByRole("button", { name: "Undo" }).count(), 0);
    assert.equal(fake.relation.following, true);
    fake.relation = { ...fake.relation, following: false };
    one.assertNoComplaints([503]);
    await one.context.close();
  });

  for (const name of ["Undo", "Close"]) {
    it(`lead from a message back to where one was, with ${name}`, async () => {
      const one = await bench.visit("/settings");
      const { page } = one;
      await still(page);
      const lock = main(page).getByRole("switch", { name: "Private account" });
      await lock.press("Space");
      await messages(page).getByRole("button", { name }).press("Enter");
      await messages(page).getByText("Private account: saved.").waitFor({ state: "detached" });
      assert.ok(await lock.evaluate((node) => node === document.activeElement));
      one.assertNoComplaints();
      await one.context.close();
    });
  }

  it("are switched off and on in the settings", async () => {
    const one = await bench.visit("/settings");
    const box = one.page.getByRole("checkbox", { name: "Use single keys" });
    assert.equal(await box.isChecked(), true);
    await box.uncheck();
    await one.page.goto("/recent");
    await main(one.page).getByRole("heading", { level: 1 }).waitFor();
    await press(one.page, "?");
    await press(one.page, "u");
    await press(one.page, "j");
    assert.equal(path(one.page), "/recent");
    assert.equal(await one.page.getByRole("dialog").count(), 0);
    const inList = () => document.activeElement.closest("[data-block]") !== null;
    assert.equal(await one.page.evaluate(inList), false);
    await one.page.goto("/help#keys");
    await main(one.page).getByRole("link", { name: "Switch them on" }).click();
    await box.waitFor();
    assert.equal(await box.isChecked(), false);
    await box.check();
    await press(one.page, "Tab");
    await press(one.page, "u");
    await one.page.waitForURL("**/upload");
    one.assertNoComplaints();
    await one.context.close();
  });

  it("have none for members only that visitors could press", async () => {
    const one = await bench.visit("/recent", { member: false });
    await press(one.page, "u");
    await press(one.page, "g a");
    assert.equal(path(one.page), "/recent");
    await press(one.page, "?");
    await one.page.getByRole("dialog").waitFor();
    const found = await listed(one.page);
    assert.ok(found.includes("g h") && !found.includes("u") && !found.includes("f"), String(found));
    one.assertNoComplaints();
    await one.context.close();
  });
});
