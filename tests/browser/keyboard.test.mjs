// Everything without a mouse: somebody signs up, uploads and publishes a photo; a moderator lets it
// pass, likes it, comments on it and follows its owner. Every step is a key that a person presses.
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { codePattern } from "./support/api.mjs";
import { launch, person } from "./support/browser.mjs";
import { amara, jonas } from "./support/cast.mjs";
import { missing, photos } from "./support/paths.mjs";
import { noModels, noServer, startServer } from "./support/server.mjs";
import { main, setUpAdministrator, signedIn } from "./support/steps.mjs";

const file = join(photos, "train.jpg");
const holdAll = {
  PICSHARZ_MODERATION__GATE: "0",
  PICSHARZ_MODERATION__SUGGESTIVE: "0",
  PICSHARZ_MODERATION__EXPLICIT: "1",
};
const mostSteps = 150; // of the Tab key

const skip = noServer() || noModels() || missing(file, "the photo of the test");

describe("by keyboard alone", { skip }, () => {
  let server, browser, moderator, owner, administrator;

  before(async () => {
    server = await startServer(holdAll);
    browser = await launch();
    moderator = await person(browser, server, "moderator");
    owner = await person(browser, server, "owner");
    administrator = await setUpAdministrator(moderator, server, amara);
    for (const { context } of [moderator, owner]) await context.addInitScript(countPresses);
    await moderator.page.reload();
  });

  after(async () => {
    await browser?.close();
    await server?.stop();
  });

  // Kept over all pages: what was pressed with something else than a key.
  function countPresses() {
    addEventListener("pointerdown", () => {
      sessionStorage.setItem("pressed", String(Number(sessionStorage.getItem("pressed")) + 1));
    }, true);
  }
  const presses = (page) => page.evaluate(() => Number(sessionStorage.getItem("pressed")));

  // Tab until the focus is there; all the way round is too far.
  async function reach({ page }, locator) {
    await locator.waitFor({ state: "attached" });
    for (let step = 0; step < mostSteps; step += 1) {
      if (await locator.evaluate((node) => node === document.activeElement)) return;
      await page.keyboard.press("Tab");
    }
    assert.fail(`the focus does not come to ${locator}`);
  }

  async function use(one, locator, key = "Enter") {
    await reach(one, locator);
    await one.page.keyboard.press(key);
  }

  async function write(one, label, text) {
    await reach(one, one.page.getByLabel(label, { exact: true }).first());
    await one.page.keyboard.type(text);
  }

  it("signs up", async () => {
    const { page } = owner;
    await page.goto("/");
    await use(owner, main(page).getByRole("link", { name: "Sign up" }).first());
    await page.getByRole("heading", { name: "Sign up" }).waitFor();
    await write(owner, "Name", jonas.name);
    await reach(owner, page.getByLabel("Handle"));
    await page.keyboard.type(jonas.handle);
    await reach(owner, page.getByLabel("E-mail"));
    await page.keyboard.type(jonas.email);
    await reach(owner, page.getByLabel("Password"));
    await page.keyboard.type(jonas.password);
    await reach(owner, page.getByLabel("Country"));
    await page.keyboard.type("Singap");
    for (const label of [/I accept the terms/, /years old/]) {
      await use(owner, page.getByLabel(label), "Space");
    }
    await use(owner, main(page).getByRole("button", { name: "Sign up" }));
    await page.getByRole("heading", { name: "Enter the code" }).waitFor();
    const code = await administrator.mail(jonas.email, codePattern);
    await reach(owner, page.getByLabel("Code"));
    await page.keyboard.type(code);
    await page.keyboard.press("Enter");
    await signedIn(page);
  });

  it("uploads a photo, says what it shows, and publishes it", async () => {
    const { page } = owner;
    await page.keyboard.press("u");
    await page.waitForURL("**/upload");
    const chooser = page.waitForEvent("filechooser");
    const choose = main(page).getByText("Choose photos").first();
    await choose.waitFor();
    await use(owner, page.locator("#files"), "Enter");
    await (await chooser).setFiles(file);
    await write(owner, "Title", "The 7:42");
    const publish = main(page).getByRole("button", { name: "Publish", exact: true });
    await use(owner, publish);
    await main(page).locator("[data-state=held]").waitFor({ timeout: 60_000 });
    assert.equal(await presses(page), 0);
  });

  it("moderates: the case is found, looked at and approved", async () => {
    const { page } = moderator;
    await page.reload();
    await use(moderator, page.getByRole("link", { name: /^Moderation/ }).first());
    await page.getByRole("article", { name: "Case of @jonas" }).waitFor();
    await page.keyboard.press("a");
    await page.getByText("Approved.").waitFor();
    assert.equal(await presses(page), 0);
  });

  it("likes, comments and follows", async () => {
    const { page } = moderator;
    await page.keyboard.press("/");
    await page.keyboard.type("7:42");
    await page.keyboard.press("Enter");
    const found = main(page).getByRole("link", { name: /The 7:42/ }).first();
    await found.waitFor();
    await use(moderator, found);
    await page.getByRole("heading", { name: "The 7:42" }).waitFor();
    const like = main(page).getByRole("button", { name: "Like", exact: true });
    await use(moderator, like, "Space");
    await main(page).getByRole("button", { name: "Like", pressed: true }).waitFor();
    await main(page).locator("#new-comment").waitFor();
    await page.keyboard.press("c");
    await page.keyboard.type("A fine morning.");
    await use(moderator, main(page).getByRole("button", { name: "Send", exact: true }));
    await main(page).getByText("A fine morning.").first().waitFor();
    await use(moderator, main(page).getByRole("link", { name: jonas.name }).first());
    await page.getByRole("heading", { name: jonas.name }).waitFor();
    await use(moderator, main(page).getByRole("button", { name: "Follow", exact: true }));
    await main(page).getByRole("button", { name: "Unfollow" }).waitFor();
    assert.equal(await presses(page), 0);
  });

  it("and nothing has gone wrong meanwhile", () => {
    for (const one of [moderator, owner]) one.assertNoComplaints();
  });
});
