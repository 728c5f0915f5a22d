// Whose a page is: what another tab does about the session, and what is kept of what somebody was
// writing when it ran out.
import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, it } from "node:test";
import { isDeepStrictEqual } from "node:util";
import { keptOf } from "../support/files.mjs";
import { photos } from "../support/paths.mjs";
import { logIn, main, signedIn } from "../support/steps.mjs";
import { noPages, pagesBench, settled, somebody, until } from "../support/visit.mjs";

const words = "Harbours, and what I told nobody.";
const four = ["train.jpg", "aarhus.jpg", "wild-1.jpg", "wild-2.jpg"]
  .map((name) => join(photos, name));

describe("a page and its account", { skip: noPages }, () => {
  const bench = pagesBench();

  // Logged in by the form, so that the application itself says who is here. Before it, `script`
  // runs.
  async function member(path, script = () => {}) {
    const one = await somebody(bench.browser, bench.server, "session", { member: false });
    await one.context.addInitScript(script);
    bench.server.fake.signedIn = false;
    await logIn(one, "mei", "seven slow ferries");
    await signedIn(one.page);
    await one.page.goto(path);
    await settled(one.page);
    return one;
  }

  // A second tab, in front of the settings.
  async function beside(one) {
    const page = await one.context.newPage();
    await page.goto("/settings");
    await page.getByRole("button", { name: "Log out" }).waitFor();
    return page;
  }

  async function logOut(page) {
    await page.getByRole("button", { name: "Log out" }).click();
    await main(page).getByRole("link", { name: "Log in" }).first().waitFor();
  }

  async function becomeJonas(page) {
    await logOut(page);
    await logIn({ page }, "jonas", "eleven grey herons");
    await signedIn(page);
  }

  // What changes something, as it leaves the browser.
  function changes(context) {
    const sent = [];
    context.on("request", (request) => {
      if (request.method() === "PATCH") sent.push(request.postData());
    });
    return sent;
  }

  function assertUnsaid(sent) {
    assert.deepEqual(sent.filter((text) => text?.includes(words)), []);
    assert.equal(bench.server.fake.changed.me?.bio, undefined);
  }

  const isJonas = (page) => page.getByText("@jonas ·").waitFor();

  it("are drawn anew when somebody else logs in in another tab, and send nothing", async () => {
    const one = await member("/settings");
    const other = await beside(one);
    const sent = changes(one.context);
    await one.page.locator("#bio").fill(words); // not left, and so not saved
    await becomeJonas(other);
    await isJonas(one.page);
    assert.notEqual(await one.page.locator("#bio").inputValue(), words);
    assertUnsaid(sent);
    await one.context.close();
  });

  const isAnew = (page) =>
    page.waitForFunction(() => !window.stale && document.querySelector("h1"));
  // It may be gone before it says that it was told.
  const tell = (page, event) => page.evaluate(event).catch(() => {});

  for (const [how, act] of [
    ["a field is left", (page) => page.locator("#bio").blur()],
    ["the page is hidden", (page) => tell(page, () => dispatchEvent(new Event("pagehide")))],
    ["it comes back from the browser's memory", (page) => tell(page, () =>
      dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true })))],
  ]) {
    it(`send nothing where nobody told them, and are drawn anew when ${how}`, async () => {
      const one = await member("/settings", () =>
        addEventListener("storage", (event) => event.stopImmediatePropagation(), true));
      const other = await beside(one);
      const sent = changes(one.context);
      await one.page.locator("#bio").fill(words);
      await one.page.evaluate(() => (window.stale = true));
      await becomeJonas(other);
      assert.equal(await one.page.evaluate(() => window.stale), true, "it was not told");
      await act(one.page);
      await isAnew(one.page);
      await isJonas(one.page);
      assertUnsaid(sent);
      await one.context.close();
    });
  }

  it("send no upload on, where the tab of the log-out knew of none", async () => {
    const { fake } = bench.server;
    const one = await member("/recent");
    const other = await beside(one); // before there is anything to send
    await one.page.goto("/upload");
    const begun = fake.uploads.size;
    fake.hold(/^\/v1\/uploads\//);
    const rows = main(one.page).locator("li.upload");
    await one.page.locator("#files").setInputFiles(four);
    await one.page.locator("li.upload[data-phase=sending]").nth(2).waitFor();
    await until(async () => (await keptOf(one.page)).files === 4);
    await logOut(other);
    await one.page.getByRole("heading", { name: "Log in" }).waitFor();
    await until(async () => isDeepStrictEqual(await keptOf(other), { entries: 0, files: 0 }));
    await logIn({ page: other }, "jonas", "eleven grey herons");
    await signedIn(other);
    fake.release();
    await main(one.page).getByText("Choose photos").waitFor();
    await settled(one.page);
    assert.equal(await rows.count(), 0);
    assert.equal(fake.uploads.size, begun + 3, "the fourth was never begun");
    await one.context.close();
  });

  it("offer to take nothing back once somebody logged out", async () => {
    const one = await member("/settings");
    await one.page.locator("#bio").fill("Trains.");
    await one.page.locator("#bio").blur();
    const undo = one.page.getByRole("button", { name: "Undo" });
    await undo.waitFor();
    await logOut(one.page);
    assert.equal(await undo.count(), 0);
    await one.context.close();
  });

  // The next of what is sent so is refused because the session is over.
  async function refuseOnce({ page }, path, method) {
    await page.route(path, async (route) => {
      if (route.request().method() !== method) return route.fallback();
      bench.server.fake.signedIn = false;
      const body = JSON.stringify({ code: "unauthenticated", detail: "Nobody is signed in." });
      await route.fulfill({ status: 401, contentType: "application/problem+json", body });
      await page.unroute(path); // not before: what is held up would go on to the server
    });
  }

  // In the same document, by what the page offers.
  async function logInHere({ page }, handle) {
    await main(page).getByRole("link", { name: "Log in" }).click();
    await page.getByLabel("Handle or e-mail").fill(handle);
    await page.getByLabel("Password").fill("seven slow ferries");
    await main(page).getByRole("button", { name: "Log in" }).click();
    await page.waitForURL("**/photo/7000");
  }

  const comment = (page) => main(page).locator("#new-comment");

  it("have a comment again that was being written when the session ended", async () => {
    const one = await member("/photo/7000");
    const { page } = one;
    await comment(page).fill(words);
    await refuseOnce(one, "**/v1/photos/7000/comments*", "POST");
    await main(page).getByRole("button", { name: "Send", exact: true }).click();
    await logInHere(one, "mei");
    await comment(page).waitFor();
    assert.equal(await comment(page).inputValue(), words);
    await main(page).getByRole("button", { name: "Send", exact: true }).click();
    await main(page).getByText("5 comments").first().waitFor();
    await until(async () => (await comment(page).inputValue()) === "");
    one.assertNoComplaints([401]);
    await one.context.close();
  });

  it("have it for the same account only", async () => {
    const one = await member("/photo/7000");
    const { page } = one;
    await comment(page).fill(words);
    await refuseOnce(one, "**/v1/photos/7000/comments*", "POST");
    await main(page).getByRole("button", { name: "Send", exact: true }).click();
    await logInHere(one, "jonas");
    await comment(page).waitFor();
    assert.equal(await comment(page).inputValue(), "");
    one.assertNoComplaints([401]);
    await one.context.close();
  });

  it("have again what was being said of an own photo", async () => {
    const one = await member("/photo/7000");
    const { page } = one;
    const edit = main(page).locator("button.button", { hasText: /^Edit$/ }); // not a comment's
    const form = main(page).locator("form", { has: page.locator("#visibility") });
    const title = form.getByLabel("Title", { exact: true });
    await edit.click();
    await title.fill("Before dawn");
    const camera = form.getByRole("checkbox").first();
    const checked = !(await camera.isChecked());
    await camera.setChecked(checked);
    await refuseOnce(one, "**/v1/photos/7000", "PATCH");
    await form.getByRole("button", { name: "Save changes" }).click();
    await logInHere(one, "mei");
    await edit.click();
    assert.equal(await title.inputValue(), "Before dawn");
    assert.equal(await camera.isChecked(), checked);
    // Whoever gives it up has what is there.
    await form.getByRole("button", { name: "Cancel" }).click();
    await edit.click();
    assert.equal(await title.inputValue(), "Morning at the harbour");
    one.assertNoComplaints([401]);
    await one.context.close();
  });
});
