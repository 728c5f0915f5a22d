// The desk of moderators, and what an administrator sees of the instance.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { main } from "../support/steps.mjs";
import { noPages, pagesBench, phone, settled, until } from "../support/visit.mjs";

const wide = { viewport: { width: 1440, height: 900 } };
const path = (page) => new URL(page.url()).pathname;
const caseOf = (page, handle) => page.getByRole("article", { name: `Case of @${handle}` });
const cases = (page) => page.getByRole("list", { name: "Cases" }).getByRole("link");

// The decisions that the page sends, as "case action".
function decided(page) {
  const sent = [];
  page.on("request", (request) => {
    const found = /cases\/(\d+)\/(decision|undo)$/.exec(request.url());
    if (!found || request.method() !== "POST") return;
    sent.push(`${found[1]} ${request.postDataJSON()?.action ?? "undo"}`);
  });
  return sent;
}

const focused = (page) =>
  page.evaluate(() => {
    const { tagName, textContent } = document.activeElement;
    return `${tagName} ${textContent.trim().replace(/\s+/g, " ")}`;
  });

describe("the moderators' desk", { skip: noPages }, () => {
  const bench = pagesBench();

  it("shows the case of its address beside the queue", async () => {
    const one = await bench.visit("/moderation/cases/3002", wide);
    await caseOf(one.page, "jonas").getByRole("heading", { name: "Advertising or spam" }).waitFor();
    await caseOf(one.page, "jonas").getByText("It was decided: removed").waitFor();
    assert.equal(await cases(one.page).count(), 3);
    assert.match(await cases(one.page).last().getAttribute("aria-current"), /true/);
    const tab = main(one.page).getByRole("link", { name: "Queue" });
    assert.equal(await tab.getAttribute("aria-current"), "true");
    one.assertNoComplaints();
    await one.context.close();
  });

  it("says where there is no such case", async () => {
    const one = await bench.visit("/moderation/cases/9", wide);
    await main(one.page).getByRole("alert").getByText("There is nothing here.").waitFor();
    await one.context.close();
  });

  it("goes Back to the queue at the same case", async () => {
    const one = await bench.visit("/moderation", wide);
    const { page } = one;
    await caseOf(page, "jonas").getByRole("heading", { name: "Found suggestive" }).waitFor();
    await cases(page).nth(1).click();
    await caseOf(page, "amara").waitFor();
    assert.equal(path(page), "/moderation/cases/3001");
    await page.goBack();
    await page.waitForURL("**/moderation");
    await caseOf(page, "amara").waitFor();
    assert.match(await focused(page), /^A Harassment/);
    await page.keyboard.press("Enter");
    await page.waitForURL("**/moderation/cases/3001");
    one.assertNoComplaints();
    await one.context.close();
  });

  it("is a list, and then a case, on a phone", async () => {
    const one = await bench.visit("/moderation", phone);
    const { page } = one;
    const sent = decided(page);
    assert.equal(await page.getByRole("article").count(), 0);
    await page.keyboard.press("r"); // nothing that is not seen is decided
    await cases(page).first().click();
    await caseOf(page, "jonas").waitFor();
    assert.equal(await cases(page).first().isVisible(), false);
    await page.keyboard.press("j");
    await caseOf(page, "amara").waitFor();
    assert.match(await focused(page), /^H2 Harassment/);
    await page.goBack(); // a step of j is none of the history
    await page.waitForURL("**/moderation");
    await cases(page).first().waitFor();
    assert.deepEqual(sent, []);
    one.assertNoComplaints();
    await one.context.close();
  });

  it("decides by keys, and the focus goes on with the next case", async () => {
    const one = await bench.visit("/moderation/cases/3000", wide);
    const { page } = one;
    const sent = decided(page);
    await caseOf(page, "jonas").waitFor();
    await page.keyboard.press("j");
    await caseOf(page, "amara").waitFor();
    assert.match(await focused(page), /^A Harassment/);
    await page.keyboard.press("k");
    await caseOf(page, "jonas").getByRole("heading", { name: "Found suggestive" }).waitFor();
    await page.keyboard.press("h");
    await page.getByRole("status").getByText("Kept hidden.").waitFor();
    await page.waitForURL("**/moderation/cases/3001");
    await page.waitForFunction(() => document.activeElement.tagName === "H2");
    assert.match(await focused(page), /^H2 Harassment/);
    assert.equal(await cases(page).count(), 2);
    await page.keyboard.press("z");
    await page.waitForURL("**/moderation/cases/3000");
    await page.waitForFunction(() => document.activeElement.tagName === "H2");
    assert.match(await focused(page), /^H2 Found suggestive/);
    assert.match(await cases(page).first().innerText(), /Found suggestive/);
    await page.keyboard.press("z"); // once is enough
    for (const [key, left] of [["r", 2], ["s", 1], ["a", 0]]) {
      await page.keyboard.press(key);
      await page.waitForFunction((many) =>
        document.querySelectorAll("ul[aria-label=Cases] a").length === many, left);
    }
    await main(page).getByText("Nothing waits for you.").waitFor();
    await page.waitForURL("**/moderation");
    assert.deepEqual(sent,
      ["3000 keep_hidden", "3000 undo", "3000 remove", "3001 suspend", "3002 approve"]);
    one.assertNoComplaints();
    await one.context.close();
  });

  it("hears no key while somebody writes, or where keys are off", async () => {
    const one = await bench.visit("/moderation", wide);
    const { page } = one;
    const sent = decided(page);
    await page.getByLabel("In your own words").fill("");
    await page.keyboard.type("harsh jazz");
    await page.getByLabel("Reason to hide").focus();
    await page.keyboard.press("s");
    await page.evaluate(() => localStorage.setItem("picsharz-keys", "off"));
    await main(page).focus();
    for (const key of ["j", "a", "h", "r", "s"]) await page.keyboard.press(key);
    await caseOf(page, "jonas").waitFor();
    assert.equal(await page.getByLabel("In your own words").inputValue(), "harsh jazz");
    assert.deepEqual(sent, []);
    await page.evaluate(() => localStorage.removeItem("picsharz-keys"));
    await page.keyboard.press("?");
    const list = page.getByRole("dialog", { name: "Keys" });
    for (const text of ["The next case", "Approve", "Keep hidden", "Remove",
      "Suspend the account", "Take the decision back"]) {
      await list.getByText(text, { exact: true }).waitFor();
    }
    await one.context.close();
  });

  it("says who was faster", async () => {
    const one = await bench.visit("/moderation/cases/3001", wide);
    const { page } = one;
    await page.route("**/decision", (route) => route.fulfill({ status: 409,
      contentType: "application/problem+json",
      body: JSON.stringify({ code: "case_closed", detail: "This case was decided already." }) }));
    await page.keyboard.press("a");
    await page.getByRole("alert").getByText("This case was decided already.").waitFor();
    await caseOf(page, "amara").waitFor();
    one.assertNoComplaints([409]);
    await one.context.close();
  });

  it("lists decisions and looks", async () => {
    const one = await bench.visit("/moderation/audit", wide);
    const { page } = one;
    const lines = page.getByRole("list", { name: "Decisions" }).getByRole("listitem");
    assert.equal(await lines.count(), 3);
    assert.match(await lines.first().innerText(), /Decision taken back.*spam\s+@amara/s);
    const comment = lines.nth(1).getByRole("link", { name: "A comment" });
    assert.equal(await comment.getAttribute("href"), "/photo/7001#comment-9000");
    assert.match(await lines.nth(2).innerText(), /Held for review.*The classifier/s);
    await lines.nth(2).getByText("What the classifier said").click();
    await lines.nth(2).getByText("Thresholds: gate 30%, suggestive 55%, explicit 85%.").waitFor();
    await lines.first().getByRole("link", { name: "The case" }).click();
    await page.waitForURL("**/moderation/cases/2999");
    await page.goto("/moderation/looks");
    const looks = page.getByRole("list", { name: "Looks" }).getByRole("listitem");
    assert.match(await looks.first().innerText(), /^@amara looked at a photo that was held/);
    assert.match(await looks.last().innerText(), /^Somebody whose account is gone looked at/);
    await one.context.close();
  });
});

describe("the blocklist", { skip: noPages }, () => {
  const bench = pagesBench();

  const rows = (page) => page.getByRole("list", { name: "Hashes" }).getByRole("listitem");
  const bring = (page, text) =>
    page.getByLabel("Import a list").setInputFiles({ name: "list.txt", mimeType: "text/plain",
      buffer: Buffer.from(text) });

  it("takes a hash, gives it back, and takes a file whole or not at all", async () => {
    const one = await bench.visit("/moderation/blocklist", wide);
    const { page } = one;
    await rows(page).nth(1).waitFor();
    const form = page.getByRole("form", { name: "Add a picture by its hash" });
    await form.getByLabel("Hash").fill("zzzz");
    await form.getByRole("button").click();
    assert.equal(await form.getByLabel("Hash").evaluate((field) => field.validity.valid), false);
    await form.getByLabel("Hash").fill("0123456789abcdef");
    await form.getByLabel("Note").fill("From a neighbour.");
    await form.getByRole("button").click();
    await rows(page).nth(2).waitFor();
    assert.match(await rows(page).first().innerText(), /0123456789abcdef\s+From a neighbour/);
    assert.equal(await form.getByLabel("Hash").inputValue(), "");
    await page.getByRole("button", { name: /^Take off the list\s*: 0123456789abcdef$/ }).click();
    await page.getByText("0123456789abcdef is off the list.").waitFor();
    assert.equal(await rows(page).count(), 2);
    await page.getByRole("button", { name: "Undo" }).click();
    await rows(page).nth(2).waitFor();
    await bring(page, "1111111111111111\nno hash\n");
    await page.getByRole("alert").getByText("Line 2 is no hash.").waitFor();
    assert.equal(await rows(page).count(), 3);
    await bring(page, "1111111111111111\n0123456789abcdef\n");
    await page.getByText("1 hash was new; 1 of the file was there already.").waitFor();
    await rows(page).nth(3).waitFor();
    assert.equal(await page.getByRole("alert").count(), 0);
    one.assertNoComplaints([400]);
    await one.context.close();
  });

  it("shows what one photo looks like", async () => {
    const one = await bench.visit("/moderation/blocklist?photo=7001", wide);
    await main(one.page).getByText("What this photo looks like.").waitFor();
    assert.equal(await rows(one.page).count(), 1);
    assert.equal(await one.page.getByRole("form", { name: /hash/ }).count(), 0);
    await one.page.getByRole("link", { name: "Show the whole list" }).click();
    await rows(one.page).nth(1).waitFor();
    await one.context.close();
  });
});

describe("the administration", { skip: noPages }, () => {
  const bench = pagesBench();

  it("says in words how the instance is", async () => {
    const one = await bench.visit("/admin", wide);
    const { page } = one;
    for (const text of ["No mail server is set", "4 mails came back.", "2 jobs gave up.",
      "3 cases wait for a moderator.", "Everybody can sign up.", "Photos are checked and labelled",
      "Picsharz 0"]) {
      await main(page).getByText(text).waitFor();
    }
    await page.getByRole("button", { name: "Rank them now" }).click();
    await page.getByText("3 photos are ranked.").waitFor();
    for (const [link, heading] of [["Mailbox", "Mailbox"], ["Jobs", "Jobs"],
      ["The queue", "Moderation"], ["Invitations", "Invitations"]]) {
      await main(page).getByRole("link", { name: link, exact: true }).click();
      await page.getByRole("heading", { name: heading, level: 1 }).waitFor();
      await page.goBack();
      await page.getByRole("heading", { name: "Administration" }).waitFor();
    }
    one.assertNoComplaints();
    await one.context.close();
  });

  it("says that more mails came back than a page of them holds", async () => {
    const one = await bench.visit("/admin", wide);
    await one.page.route("**/v1/admin/bounces*", async (route) => {
      const answer = await route.fetch();
      await route.fulfill({ response: answer, json: { ...await answer.json(), next: "more" } });
    });
    await one.page.reload();
    await main(one.page).getByText("More than 4 mails came back.").waitFor();
    one.assertNoComplaints();
    await one.context.close();
  });

  it("lists the mails that came back, with why", async () => {
    const one = await bench.visit("/admin/mailbox");
    const { page } = one;
    const list = main(page).getByRole("list", { name: "Mails that came back" });
    const said = async (to) =>
      (await list.getByRole("listitem").filter({ hasText: to }).innerText()).split("\n").at(-1);
    assert.equal(await said("lena@"), "Nobody took it for three days: 421 Try again later.");
    assert.equal(await said("noor@"),
      "The server did not want this mail: 552 The message is too large.");
    assert.equal(await said("tomas@"), "The address was refused: 550 No such user here.");
    assert.equal(await said("old@"), "The address is refused again and again; "
      + "it gets only codes and links: 550 No such user here.");
    assert.equal(await list.getByRole("listitem").count(), 4);
    // What is kept here stands below them.
    await main(page).locator("details summary").filter({ hasText: "jonas@example.org" }).waitFor();
    bench.server.fake.empty = true;
    await page.reload();
    await main(page).getByText("No mails yet.").waitFor();
    assert.equal(await main(page).getByText("Mails that came back").count(), 0);
    one.assertNoComplaints();
    await one.context.close();
  });

  it("lets a job try again once, however often that is clicked", async () => {
    const one = await bench.visit("/admin/jobs", wide);
    const { page } = one;
    const { fake } = bench.server;
    let sent = 0;
    page.on("request", (request) => {
      if (request.url().endsWith("/retry")) sent += 1;
    });
    fake.hold(/\/retry$/);
    const again = page.getByRole("button", { name: /^Try again\s*: photo.develop/ });
    await again.dblclick();
    await until(() => again.isDisabled());
    const other = page.getByRole("button", { name: /^Try again\s*: mail.send/ });
    assert.equal(await other.isEnabled(), true, "only the one that is under way is held");
    fake.release();
    await again.waitFor({ state: "detached" });
    await settled(page);
    assert.equal(sent, 1);
    assert.equal(await main(page).getByRole("alert").count(), 0);
    // One that is refused can be tried again.
    await page.route("**/retry", (route) => route.fulfill({ status: 409,
      contentType: "application/problem+json",
      body: JSON.stringify({ code: "not_dead", detail: "No job of this id has given up." }) }));
    await other.click();
    await main(page).getByRole("alert").filter({ hasText: "No job of this id has given up." })
      .waitFor();
    assert.equal(await other.isEnabled(), true);
    one.assertNoComplaints([409]);
    await one.context.close();
  });

  for (const [pack, sentence] of [
    ["base", "Photos are checked and labelled with the base model pack. The rich one names more."],
    ["rich", "Photos are checked and labelled with the rich model pack."],
    ["none", "There are no models: photos are held for a moderator. picsharz doctor says why."],
  ]) {
    it(`says which models look at photos: ${pack}`, async () => {
      const one = await bench.visit("/admin", wide);
      await one.page.route("**/v1/instance", async (route) => {
        const answer = await route.fetch();
        await route.fulfill({ response: answer, json: { ...await answer.json(), models: pack } });
      });
      await one.page.reload();
      await main(one.page).getByText(sentence, { exact: true }).waitFor();
      await one.context.close();
    });
  }

  it("says of each thing by itself that it cannot be had", async () => {
    const one = await bench.visit("/admin", wide);
    const { page } = one;
    await page.route("**/v1/admin/outbox", (route) => route.fulfill({ status: 500,
      contentType: "application/problem+json",
      body: JSON.stringify({ code: "internal", detail: "Something is broken here." }) }));
    await page.reload();
    await main(page).getByText("Something is broken here.").waitFor();
    await main(page).getByText("2 jobs gave up.").waitFor();
    await one.context.close();
  });

  it("lists jobs by their state", async () => {
    const one = await bench.visit("/admin/jobs", wide);
    const { page } = one;
    const states = page.getByRole("navigation", { name: "Jobs by state" });
    assert.equal(await page.getByRole("button", { name: /^Try again/ }).count(), 2);
    await states.getByRole("link", { name: "Waiting" }).click();
    await main(page).getByText("2 of 8 tries").waitFor();
    assert.equal(await page.getByRole("button", { name: /^Try again/ }).count(), 0);
    const current = states.getByRole("link", { name: "Waiting" });
    assert.equal(await current.getAttribute("aria-current"), "page");
    await states.getByRole("link", { name: "Running" }).click();
    await main(page).getByText("Nothing runs at the moment.").waitFor();
    await states.getByRole("link", { name: "Gave up" }).click();
    await page.getByRole("button", { name: /^Try again\s*: photo.develop/ }).click();
    await page.getByText("photo.develop", { exact: true }).waitFor({ state: "detached" });
    one.assertNoComplaints();
    await one.context.close();
  });
});
