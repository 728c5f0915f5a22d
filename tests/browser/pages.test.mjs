// The pages by themselves, against the fake server: the security policy holds, nothing moves while
// it loads, everything is reached by keyboard, nothing is wider than a phone.
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { startFake } from "./fake_server.mjs";
import { launch, person } from "./support/browser.mjs";
import { dist, missing, photos } from "./support/paths.mjs";
import { engine } from "./support/server.mjs";
import { accept, fillAccount, main } from "./support/steps.mjs";

const phone = { viewport: { width: 390, height: 844 } };
const mark = () => localStorage.setItem("picsharz-signed-in", "1");
const skip = missing(join(dist, "index.html"), "the built web") || missing(photos, "photos");

// They know no database: once is enough.
const pages = engine === "sqlite" ? describe : () => {};

pages("pages", { skip }, () => {
  let server, browser;

  before(async () => {
    server = await startFake();
    browser = await launch();
  });

  after(async () => {
    await browser?.close();
    await server?.stop();
  });

  async function visit(path, { member = true, ...options } = {}) {
    server.fake.signedIn = member;
    const somebody = await person(browser, server, "pages", options);
    if (member) await somebody.context.addInitScript(mark);
    await somebody.page.goto(path);
    await somebody.page.waitForSelector("main h1, main [role=alert]", { state: "attached" });
    await somebody.page.waitForLoadState("networkidle");
    return somebody;
  }

  const everywhere = ["/", "/recent", "/upload", "/me", "/photo/7000", "/@jonas", "/@mei",
    "/@mei/followers", "/search?q=a", "/search?q=a&type=people", "/settings", "/activity",
    "/admin/mailbox",
    "/people", "/people/requests", "/settings/muted", "/settings/blocked", "/likes", "/saved",
    "/@mei/collections", "/collections/8000", "/photo/7000/likes",
    "/tags/blue%20hour", "/tags/nothing"];
  for (const path of everywhere) {
    it(`${path} fits a phone, has a title and one heading, and breaks no policy`, async () => {
      const one = await visit(path, phone);
      const found = await one.page.evaluate(() => ({
        wide: document.documentElement.scrollWidth - document.documentElement.clientWidth,
        headings: document.querySelectorAll("h1").length,
        title: document.title,
      }));
      assert.equal(found.wide, 0);
      assert.equal(found.headings, 1);
      assert.match(found.title, /Picsharz/);
      one.assertNoComplaints();
      await one.context.close();
    });
  }

  it("the feed does not move while its photos load", async () => {
    const one = await visit("/", phone);
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
    const one = await visit("/me");
    const links = main(one.page).locator("li > a");
    const all = server.fake.photos.length;
    assert.ok(all > 20, "more than a page");
    await one.page.mouse.wheel(0, 20_000);
    await one.page.waitForFunction(
      (count) => document.querySelectorAll("main li > a").length === count, all);
    const targets = await links.evaluateAll((nodes) => nodes.map((node) => node.href));
    assert.equal(new Set(targets).size, all);
    await one.context.close();
  });

  it("returns to the same place with Back", async () => {
    const one = await visit("/recent");
    await one.page.evaluate(() => window.scrollTo(0, 500));
    await one.page.waitForFunction(() => window.scrollY === 500);
    // Not Playwright's click, which scrolls.
    await main(one.page).locator("li > a").nth(6).evaluate((link) => link.click());
    await one.page.waitForURL("**/photo/*");
    await one.page.waitForFunction(() => window.scrollY === 0);
    await one.page.goBack();
    await one.page.waitForFunction(() => Math.abs(window.scrollY - 500) <= 1);
    await one.context.close();
  });

  it("is used by keyboard: skip link, links, like, follow", async () => {
    const one = await visit("/photo/7000");
    await one.page.keyboard.press("Tab");
    assert.equal(await focused(one.page), "Skip to the content");
    await one.page.keyboard.press("Enter");
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

  it("mutes somebody by keyboard, and says so", async () => {
    const one = await visit("/@jonas");
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

  it("follows a suggestion, and takes it back", async () => {
    const one = await visit("/people");
    await one.page.getByText("Followed by Mei Tan and 3 others").waitFor();
    const button = (name) => one.page.getByRole("button", { name: `${name} Jonas` });
    await button("Follow").click();
    await button("Following").click();
    await button("Follow").waitFor();
    one.assertNoComplaints();
    await one.context.close();
  });

  const focused = (page) =>
    page.evaluate(() => document.activeElement.textContent.replace(/\s+/g, " ").trim());
  // Pages put the focus somewhere after they have changed.
  const focuses = (page, pattern) =>
    page.waitForFunction(
      (source) =>
        new RegExp(source).test(document.activeElement.textContent.replace(/\s+/g, " ").trim()),
      pattern.source,
    );

  it("says where a form is wrong and puts the focus there", async () => {
    const one = await visit("/signup", { member: false });
    const email = "somebody@example.org";
    await fillAccount(one.page, { name: "S", handle: "admin", email, password: "slow ferries" });
    await accept(one.page);
    await main(one.page).getByRole("button", { name: "Sign up" }).click();
    await one.page.getByText("Choose another handle.").waitFor();
    assert.equal(await one.page.evaluate(() => document.activeElement.id), "handle");
    one.assertNoComplaints([400]);
    await one.context.close();
  });

  it("refuses a wrong file before a byte is sent", async () => {
    const one = await visit("/upload");
    const file = { name: "film.mov", mimeType: "video/quicktime", buffer: Buffer.from("x") };
    await one.page.locator("input[type=file]").setInputFiles(file);
    await one.page.getByRole("alert").getByText(/Export it as JPEG, PNG or WebP/).waitFor();
    assert.ok(await main(one.page).getByRole("button", { name: "Upload" }).isDisabled());
    await one.context.close();
  });

  it("shows an uploaded photo from developing to published", async () => {
    const one = await visit("/upload");
    await one.page.locator("input[type=file]").setInputFiles(join(photos, "IMG_8824.jpg"));
    await main(one.page).getByRole("button", { name: "Upload" }).click();
    await one.page.locator("[data-state=received]").waitFor();
    await one.page.locator("[data-state=published]").waitFor();
    one.assertNoComplaints();
    await one.context.close();
  });

  it("sends visitors to log in, and back to where they wanted to be", async () => {
    const one = await visit("/settings", { member: false });
    await one.page.getByRole("heading", { name: "Log in" }).waitFor();
    await one.page.getByLabel("Handle or e-mail").fill("mei");
    await one.page.getByLabel("Password").fill("seven slow ferries");
    await main(one.page).getByRole("button", { name: "Log in" }).click();
    await one.page.getByRole("heading", { name: "Settings" }).waitFor();
    assert.equal(new URL(one.page.url()).pathname, "/settings");
    await one.context.close();
  });

  it("says what failed and tries again when asked", async () => {
    const one = await visit("/recent");
    server.fake.failing = true;
    await one.page.reload();
    await one.page.getByRole("alert").getByText("The server is busy").waitFor();
    server.fake.failing = false;
    await one.page.getByRole("button", { name: "Try again" }).click();
    await main(one.page).locator("li > a").first().waitFor();
    one.assertNoComplaints([503]);
    await one.context.close();
  });

  it("waits when it is asked to slow down, says so, and goes on by itself", async () => {
    const one = await visit("/photo/7000");
    const next = one.page.getByRole("status").getByText("That is a lot at once.");
    server.fake.refusing = 2;
    server.fake.wait = 2;
    const like = main(one.page).getByRole("button", { name: "Like", exact: true });
    const before = await like.getAttribute("aria-pressed");
    await like.click();
    await next.waitFor();
    await one.shot("slowdown");
    await next.waitFor({ state: "detached" });
    assert.notEqual(await like.getAttribute("aria-pressed"), before);
    assert.equal(server.fake.refusing, 0);
    one.assertNoComplaints([429]);
    await one.context.close();
  });

  it("says how long to wait where that is longer than a moment", async () => {
    const one = await visit("/recent");
    server.fake.refusing = 1000;
    server.fake.wait = 300;
    await one.page.reload();
    await one.page.getByRole("alert").getByText("Wait 300 seconds and try again.").waitFor();
    server.fake.refusing = 0;
    await one.page.getByRole("button", { name: "Try again" }).click();
    await main(one.page).locator("li > a").first().waitFor();
    one.assertNoComplaints([429]);
    await one.context.close();
  });

  for (const [what, options] of [["a phone", phone], ["a screen", {}]]) {
    it(`has one bell on ${what}`, async () => {
      const one = await visit("/", options);
      const bells = one.page.getByRole("link", { name: /^Activity/ });
      assert.equal(await bells.count(), 1);
      await one.context.close();
    });
  }

  it("tells on the upload page how much room there is", async () => {
    const one = await visit("/upload");
    await main(one.page).getByText("1.2 GB of 10.7 GB used; 3 photos of 1,000").waitFor();
    one.assertNoComplaints();
    await one.context.close();
  });
});
