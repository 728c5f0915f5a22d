// People comment on a photo: answers, edits, deletions that arrive without a reload, reports that
// reach a moderator, comments turned off; and text that would be a script is text.
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { Api } from "./support/api.mjs";
import { launch, person } from "./support/browser.mjs";
import { amara, jonas, mei } from "./support/cast.mjs";
import { missing, photos } from "./support/paths.mjs";
import { payloads, trap } from "./support/payloads.mjs";
import { quiet } from "./support/quiet.mjs";
import { noModels, noServer, startServer } from "./support/server.mjs";
import { main, publish, setUpAdministrator, signUp, verify } from "./support/steps.mjs";
import { until } from "./support/visit.mjs";

const file = join(photos, "wild-2.jpg");
const often = {
  PICSHARZ_COMMENTS__PER_MINUTE: "100000",
  PICSHARZ_COMMENTS__PER_HOUR: "100000",
};

const skip = noServer() || noModels() || missing(file, "the photo of the test");

describe("people comment", { skip }, () => {
  let server, browser, owner, guest, administrator, address, id;

  before(async () => {
    server = await startServer(often);
    browser = await launch();
    owner = await person(browser, server, "comments-owner");
    guest = await person(browser, server, "comments-guest");
    administrator = await setUpAdministrator(owner, server, amara);
    for (const each of [jonas, mei]) {
      const somebody = each === jonas ? guest : await person(browser, server, "once");
      await signUp(somebody, each);
      await verify(somebody, administrator, each.email);
      if (somebody !== guest) await somebody.context.close();
    }
    address = await publish(owner, file, "Two on a rock");
    id = address.split("/").at(-1);
  });

  after(async () => {
    await browser?.close();
    await server?.stop();
  });

  const comments = (page) => page.getByRole("region", { name: /comments?$/i });
  const comment = (page, text) =>
    comments(page).getByRole("article").filter({ hasText: text }).first();
  const button = (page, text, name) =>
    comment(page, text).getByRole("button", { name, exact: true });

  it("says that there are none, and takes the first one by keyboard", async () => {
    await guest.page.goto(address);
    await comments(guest.page).getByText("No comments yet.").waitFor();
    await comments(owner.page).getByText("No comments yet.").waitFor();
    for (const { page } of [guest, owner]) await quiet(page); // by now they listen
    const field = comments(guest.page).getByLabel("Add a comment");
    const one = comments(guest.page).getByRole("heading", { name: "1 comment" });
    // It is told by an event before the answer is there: counted once all the same.
    await guest.page.route("**/v1/photos/*/comments", async (route) => {
      if (route.request().method() !== "POST") return route.continue();
      const response = await route.fetch();
      await one.waitFor();
      return route.fulfill({ response });
    });
    await field.fill("How long did you wait, @amara?");
    await guest.page.keyboard.press("Control+Enter");
    await comment(guest.page, "How long").getByRole("link", { name: "@amara" }).waitFor();
    await until(async () => (await field.inputValue()) === "");
    await guest.page.unroute("**/v1/photos/*/comments");
    await one.waitFor();
  });

  it("is there at once on the owner's open page, who answers", async () => {
    await comments(owner.page).getByRole("heading", { name: "1 comment" }).waitFor();
    await button(owner.page, "How long", "Reply").click();
    await owner.page.keyboard.type("Two hours, in the rain.");
    await owner.page.keyboard.press("Control+Enter");
    await comments(owner.page).getByRole("list", { name: "Replies" }).getByText("in the rain")
      .waitFor();
    // An event may show it before the answer is here that ends the writing.
    await owner.page.waitForFunction(
      () => document.activeElement?.textContent?.trim() === "Reply",
    );
    await comment(guest.page, "in the rain").waitFor();
    await guest.shot("thread");
  });

  it("is edited, which readers see", async () => {
    await button(guest.page, "How long", "Edit").click();
    const field = comments(guest.page).getByLabel("Your comment");
    assert.equal(await field.inputValue(), "How long did you wait, @amara?");
    await field.fill("How long did you sit there, @amara?");
    await comments(guest.page).getByRole("button", { name: "Save" }).click();
    const seen = comment(owner.page, "sit there");
    await seen.getByText("edited").waitFor();
    assert.equal(await button(owner.page, "sit there", "Edit").count(), 0);
  });

  it("shows the first replies and the others when they are asked for", async () => {
    const api = await Api.logIn(server.address, mei.handle, mei.password);
    const { items } = await api.get(`/v1/photos/${id}/comments`);
    for (const text of ["one", "two", "three", "four"]) {
      const body = { text: `reply ${text}`, reply_to: items[0].id };
      await api.send("POST", `/v1/photos/${id}/comments`, body);
    }
    await guest.page.getByRole("button", { name: "Show 2 more replies" }).click();
    await comment(guest.page, "reply four").waitFor();
    await api.send("POST", `/v1/photos/${id}/comments`, { text: "reply five",
      reply_to: items[0].id });
    await comment(guest.page, "reply five").waitFor(); // it stays unfolded
  });

  it("is deleted by the owner of the photo, and its replies stay", async () => {
    await button(owner.page, "sit there", "Delete").click();
    await owner.page.getByRole("group", { name: "Delete the comment" })
      .getByRole("button", { name: "Delete", exact: true }).click();
    await comments(owner.page).getByText("This comment is gone.").waitFor();
    await comments(guest.page).getByText("This comment is gone.").waitFor();
    assert.equal(await comments(guest.page).getByText("sit there").count(), 0);
    await comments(guest.page).getByRole("heading", { name: "6 comments" }).waitFor();
  });

  it("is reported, decided and appealed", async () => {
    const api = await Api.logIn(server.address, mei.handle, mei.password);
    const body = { text: "Nobody should look at this" };
    await api.send("POST", `/v1/photos/${id}/comments`, body);
    await button(guest.page, "Nobody should", "Report").click();
    const form = guest.page.getByRole("form", { name: "Report the comment" });
    await form.getByLabel("What is wrong with it?").selectOption("harassment");
    await form.getByRole("button", { name: "Send the report" }).click();
    await guest.page.getByText("nobody is told it was you").waitFor();
    const moderator = owner.page;
    await moderator.goto("/moderation");
    const on = moderator.getByRole("article", { name: "Case of @mei" });
    await on.getByText("Nobody should look at this").waitFor();
    assert.equal(await on.getByRole("button", { name: /Keep hidden/ }).count(), 0);
    await owner.shot("case");
    await on.getByRole("button", { name: /^Remove/ }).click();
    await moderator.getByRole("status").getByText("Removed.").waitFor();
    await comment(guest.page, "Nobody should").waitFor({ state: "detached" });
    const author = await person(browser, server, "comments-author");
    await author.page.goto("/login");
    await author.page.getByLabel("Handle or e-mail").fill(mei.handle);
    await author.page.getByLabel("Password").fill(mei.password);
    await main(author.page).getByRole("button", { name: "Log in" }).click();
    await author.page.getByRole("link", { name: "Settings" }).waitFor();
    await author.page.goto(address);
    await comment(author.page, "Nobody should").getByText("only you still see it").waitFor();
    await author.page.getByLabel("Why is it wrong?").fill("It is about the weather.");
    await author.page.getByRole("button", { name: "Appeal" }).click();
    await author.page.getByText("The answer comes by e-mail").waitFor();
    await author.shot("appeal");
    author.assertNoComplaints();
    await author.context.close();
  });

  it("ends where the owner turns comments off", async () => {
    await owner.page.goto(address);
    // The tools of the photo, before which a comment of the owner's may be there to be edited.
    const edit = async () => {
      await main(owner.page).getByRole("link", { name: "Original" }).waitFor();
      await owner.page.getByRole("button", { name: "Edit", exact: true }).first().click();
    };
    await edit();
    await owner.page.getByLabel("Let others comment on it").uncheck();
    await owner.page.getByRole("button", { name: "Save changes" }).click();
    await comments(guest.page).getByText("Comments are off.").waitFor();
    assert.equal(await guest.page.getByLabel("Add a comment").count(), 0);
    assert.equal(await button(guest.page, "reply one", "Reply").count(), 0);
    await edit();
    await owner.page.getByLabel("Let others comment on it").check();
    await owner.page.getByRole("button", { name: "Save changes" }).click();
    await comments(guest.page).getByLabel("Add a comment").waitFor();
  });

  it("says why a comment did not go out, and keeps the words", async () => {
    const { page } = guest;
    await page.route("**/comments", (route) => route.abort());
    await comments(page).getByLabel("Add a comment").fill("Not lost");
    await comments(page).getByRole("button", { name: "Send" }).click();
    await comments(page).getByText("The server cannot be reached").first().waitFor();
    await page.unroute("**/comments");
    assert.equal(await comments(page).getByLabel("Add a comment").inputValue(), "Not lost");
    await comments(page).getByRole("button", { name: "Send" }).click();
    await comment(page, "Not lost").waitFor();
    guest.complaints = guest.complaints.filter((text) => !text.includes("net::ERR_FAILED"));
  });

  it("is for visitors to read", async () => {
    const visitor = await person(browser, server, "comments-visitor");
    await visitor.page.goto(`${address}#comments`);
    await comment(visitor.page, "Not lost").waitFor();
    await comments(visitor.page).getByRole("link", { name: "Log in" }).waitFor();
    assert.equal(await comments(visitor.page).getByRole("button", { name: "Reply" }).count(), 0);
    visitor.assertNoComplaints();
    await visitor.context.close();
  });

  it("disappears within seconds from the page of whoever is blocked", async () => {
    const api = await Api.logIn(server.address, amara.handle, amara.password);
    await api.send("PUT", "/v1/accounts/jonas/block");
    await comments(guest.page).getByText("This photo is no longer shared with you.").waitFor();
    assert.equal(await comment(guest.page, "Not lost").count(), 0);
    await api.send("DELETE", "/v1/accounts/jonas/block");
    guest.assertNoComplaints();
    owner.assertNoComplaints();
  });

  it("is text, whatever is written (A22)", async () => {
    const api = await Api.logIn(server.address, mei.handle, mei.password);
    const texts = payloads.map((text) => text.trim());
    assert.ok(new Set(texts).size >= 120, "distinct ones");
    let reported;
    for (const text of texts) {
      const { id: written } = await api.send("POST", `/v1/photos/${id}/comments`, { text });
      reported ??= written;
    }
    await api.send("PATCH", "/v1/me", { name: payloads[14] });
    const reporter = await Api.logIn(server.address, jonas.handle, jonas.password);
    await reporter.send("POST", `/v1/comments/${reported}/reports`, {
      reason: "other",
      note: payloads[10],
    });
    await owner.context.addInitScript(trap);
    const { page } = owner;
    const nothingRan = async () =>
      assert.deepEqual(await page.evaluate(() => window.caught), []);
    await page.goto(address);
    const older = comments(page)
      .getByRole("button", { name: /^(Older comments|Loading)$/ });
    await comment(page, texts.at(-1)).waitFor();
    while ((await older.count()) > 0) {
      await older.click({ timeout: 2000 }).catch(() => {}); // it went meanwhile
    }
    const shown = await comments(page).locator("article p[dir=auto]").allTextContents();
    const missed = texts.filter((text) => !shown.includes(text));
    assert.deepEqual(missed, []);
    await page.mouse.move(600, 500);
    await page.keyboard.press("Tab");
    await quiet(page);
    await nothingRan();
    await comments(page).getByRole("link", { name: payloads[14] }).first().click();
    await page.waitForURL("**/@mei");
    await main(page).getByText(payloads[14]).first().waitFor();
    await nothingRan();
    await page.goto("/moderation");
    await page.getByRole("list", { name: "Cases" }).getByRole("link").last().click();
    await main(page).getByText(payloads[10]).first().waitFor();
    await main(page).getByText(texts[0], { exact: true }).waitFor();
    await nothingRan();
    await page.evaluate(() => alert("it would be caught"));
    assert.deepEqual(await page.evaluate(() => window.caught), ["alert it would be caught"]);
    owner.assertNoComplaints();
  });

  it("is led to by its address, far down in a thread whose beginning is gone", async () => {
    const api = await Api.logIn(server.address, jonas.handle, jonas.password);
    let [cursor, thread] = ["", null];
    do {
      const { items, next } = await api.get(`/v1/photos/${id}/comments?limit=100${cursor}`);
      thread = items.findLast(({ reply_count }) => reply_count > 3) ?? thread;
      cursor = next && `&cursor=${encodeURIComponent(next)}`;
    } while (cursor);
    assert.equal(thread.author, null);
    const { items: replies } = await api.get(`/v1/comments/${thread.id}/replies`);
    const wanted = replies.at(-1);
    const visitor = await person(browser, server, "comments-linked");
    const focuses = (name) => visitor.page.waitForFunction((wantedId) => {
      const { top, bottom } = document.activeElement.getBoundingClientRect();
      return document.activeElement.id === wantedId && top >= 0 && bottom <= innerHeight;
    }, `comment-${name}`);
    await visitor.page.goto(`${address}#comment-${wanted.id}`);
    await focuses(wanted.id);
    await comments(visitor.page).getByText("The comment that you came for").waitFor();
    assert.equal(await comments(visitor.page).getByRole("button", { name: "Older comments" })
      .count(), 1, "without all that are above it");
    // And from there to another one of the same page.
    await visitor.page.goto(`${address}#comment-${replies[0].id}`);
    await focuses(replies[0].id);
    visitor.assertNoComplaints([404]); // the beginning that is gone
    await visitor.context.close();
  });
});
