// A photo is held, a moderator decides by keyboard and takes it back; its owner reads why and
// appeals; a member reports what is published. Ordinary photos, thresholds of zero.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { appealPattern } from "./support/api.mjs";
import { launch, person } from "./support/browser.mjs";
import { amara, jonas, mei } from "./support/cast.mjs";
import { missing, photos } from "./support/paths.mjs";
import { noModels, noServer, startServer } from "./support/server.mjs";
import {
  logIn,
  main,
  publish,
  setUpAdministrator,
  signedIn,
  signUp,
  verify,
} from "./support/steps.mjs";

const file = join(photos, "train.jpg");
const holdAll = {
  PICSHARZ_MODERATION__GATE: "0",
  PICSHARZ_MODERATION__SUGGESTIVE: "0",
  PICSHARZ_MODERATION__EXPLICIT: "1",
};

const skip = noServer() || noModels() || missing(file, "the photo of the test");

describe("a photo is moderated", { skip }, () => {
  let server, browser, moderator, owner, member, administrator, address;

  before(async () => {
    server = await startServer(holdAll);
    browser = await launch();
    moderator = await person(browser, server, "moderator");
    owner = await person(browser, server, "owner");
    member = await person(browser, server, "member");
    administrator = await setUpAdministrator(moderator, server, amara);
    for (const [who, account] of [
      [owner, jonas],
      [member, mei],
    ]) {
      await signUp(who, account);
      await verify(who, administrator, account.email);
    }
    address = await publish(owner, file, "The 7:42", "held");
  });

  after(async () => {
    await browser?.close();
    await server?.stop();
  });

  const waiting = (page, count) =>
    page.getByRole("link", { name: new RegExp(`^Moderation\\s*${count}\\s+waiting$`) });
  const caseOf = (page) => page.getByRole("article", { name: "Case of @jonas" });

  it("waits for moderators alone, blurred, with its scores", async () => {
    for (const path of ["", "/cases/1", "/audit", "/looks", "/blocklist"]) {
      await member.page.goto(`/moderation${path}`);
      await member.page.getByRole("alert").getByText("This page is for moderators.").waitFor();
    }
    for (const path of ["", "/jobs", "/mailbox"]) {
      await member.page.goto(`/admin${path}`);
      await member.page.getByRole("alert").getByText("This page is for administrators.").waitFor();
    }
    const { page } = moderator;
    await waiting(page, 1).click();
    await caseOf(page).getByRole("img", { name: "Blurred preview" }).waitFor();
    await caseOf(page).getByRole("row", { name: /^first/ }).waitFor();
    await caseOf(page).getByText("0 published, 1 held").waitFor();
    assert.equal(await main(page).locator("picture").count(), 0);
    await caseOf(page).getByRole("button", { name: "Show the photo" }).click();
    await caseOf(page).locator("picture img").waitFor();
    await moderator.shot("moderation");
  });

  it("is approved by a key, and taken back in time", async () => {
    const { page } = moderator;
    await page.getByRole("heading", { name: "Moderation" }).click();
    await page.keyboard.press("a");
    await page.getByRole("status").getByText("Approved.").waitFor();
    await page.getByText("Nothing waits for you.").waitFor();
    await page.getByRole("link", { name: "Moderation", exact: true }).waitFor();
    await page.getByRole("button", { name: "Undo" }).click();
    await caseOf(page).waitFor();
    await waiting(page, 1).waitFor();
    await member.page.goto(address);
    await member.page.getByRole("alert").getByText("There is nothing here.").waitFor();
  });

  it("does nothing by a key while somebody writes", async () => {
    const { page } = moderator;
    await caseOf(page).getByLabel("In your own words").fill("");
    await page.keyboard.type("has a sharp reason");
    await caseOf(page).waitFor();
    await caseOf(page).getByLabel("Reason to hide, remove or suspend").selectOption("stolen");
    await caseOf(page).getByRole("button", { name: "Keep hidden" }).click();
    await page.getByRole("status").getByText("Kept hidden.").waitFor();
  });

  it("tells its owner what and why, and hears the appeal", async () => {
    const { page } = owner;
    await page.reload();
    const decision = page.getByRole("region", { name: "The decision" });
    await decision.getByText("It seems to be the work of somebody else.").waitFor();
    await decision.getByText("has a sharp reason").waitFor();
    await decision.getByLabel("Why is it wrong?").fill("I took it myself this morning.");
    await owner.shot("appeal");
    await decision.getByRole("button", { name: "Appeal" }).click();
    await decision.getByText("The answer comes by e-mail.").waitFor();
    await moderator.page.reload();
    await caseOf(moderator.page).getByText("I took it myself this morning.").waitFor();
    await moderator.page.keyboard.press("a");
    await moderator.page.getByRole("status").getByText("Approved.").waitFor();
  });

  it("is reported by a member, whom nobody is told of", async () => {
    const { page } = member;
    await page.goto(address);
    await page.getByRole("heading", { name: "The 7:42" }).waitFor();
    await page.getByRole("button", { name: "Report", exact: true }).click();
    await page.getByLabel("What is wrong with it?").selectOption("other");
    await page.getByRole("button", { name: "Send the report" }).click();
    await page.getByText("Say in your own words what is wrong with it.").waitFor();
    await page.getByLabel("In your own words").fill("There is no train at 7:42.");
    await page.getByRole("button", { name: "Send the report" }).click();
    await page.getByText("nobody is told it was you").waitFor();
    await moderator.page.reload();
    await caseOf(moderator.page).getByText("There is no train at 7:42.").waitFor();
    const text = await main(moderator.page).innerText();
    assert.ok(!/mei/i.test(text), text);
    await owner.page.reload();
    await owner.page.getByText("Everybody can see it.").waitFor();
  });

  it("has its owner suspended, who appeals by the link of the mail and may come back", async () => {
    await moderator.page.keyboard.press("s");
    await moderator.page.getByRole("status").getByText("Account suspended.").waitFor();
    const { page } = owner;
    await page.goto("/");
    await page.getByRole("link", { name: "Log in" }).first().waitFor();
    const link = new URL(await administrator.mail(jonas.email, appealPattern));
    await logIn(owner, jonas.handle, jonas.password);
    await page.getByRole("alert").getByText("This account is suspended.").waitFor();
    await page.goto(link.pathname + link.hash);
    await page.getByText("Your account is suspended").waitFor();
    await page.getByLabel("Why is it wrong?").fill("The train was nine minutes late.");
    await owner.shot("suspended");
    await page.getByRole("button", { name: "Appeal" }).click();
    await page.getByText("The answer comes by e-mail.").waitFor();
    await moderator.page.reload();
    await caseOf(moderator.page).getByText("The train was nine minutes late.").waitFor();
    await caseOf(moderator.page).getByText("opens the account").waitFor();
    await moderator.shot("lift");
    await moderator.page.keyboard.press("a");
    await moderator.page.getByRole("status").getByText("Approved.").waitFor();
    await logIn(owner, jonas.handle, jonas.password);
    await signedIn(page);
    await member.page.goto(address);
    await member.page.getByRole("heading", { name: "The 7:42" }).waitFor();
    moderator.assertNoComplaints();
    // 404: the page of the photo asks again when it hears that it may not be seen any more.
    owner.assertNoComplaints([401, 403, 404]);
    member.assertNoComplaints([400, 404]);
  });

  it("is on record for another moderator, with the case as it was decided", async () => {
    server.command("account", "role", mei.handle, "moderator");
    await logIn(member, mei.handle, mei.password); // what was gained asks for it
    const { page } = member;
    await signedIn(page);
    await page.goto("/moderation/audit");
    const lines = page.getByRole("list", { name: "Decisions" }).getByRole("listitem");
    const suspended = lines.filter({ hasText: "Account suspended" });
    await suspended.getByText("@amara").waitFor();
    await suspended.getByRole("link", { name: "@jonas" }).waitFor();
    await lines.filter({ hasText: "Held for review" }).getByText("The classifier ·").waitFor();
    await lines.filter({ hasText: "has a sharp reason" }).first().waitFor();
    await member.shot("audit");
    await suspended.getByRole("link", { name: "The case" }).click();
    await page.waitForURL(/\/moderation\/cases\/\d+$/);
    const decided = page.getByRole("region", { name: "What was decided" });
    await decided.getByText("It was decided: suspended the account").waitFor();
    await decided.getByText("By @amara").waitFor();
    assert.equal(await caseOf(page).getByRole("button", { name: "Approve" }).count(), 0);
    await page.reload(); // by its address alone
    await decided.getByText("By @amara").waitFor();
    await page.goto("/moderation/looks");
    await page.getByText(/@amara looked at a photo that was held/).first().waitFor();
    member.assertNoComplaints([400, 401, 404]);
  });

  it("has a list of pictures that must not come back", async () => {
    const { page } = member;
    await page.goto("/moderation/blocklist");
    await page.getByText("The list is empty.").waitFor();
    const form = page.getByRole("form", { name: "Add a picture by its hash" });
    await form.getByLabel("Hash").fill("0123456789ABCDEF");
    await form.getByLabel("Note").fill("From a neighbour.");
    await form.getByRole("button").click();
    const rows = page.getByRole("list", { name: "Hashes" }).getByRole("listitem");
    await rows.filter({ hasText: "0123456789abcdef" }).getByText("By @mei").waitFor();
    const bring = (text) =>
      page.getByLabel("Import a list").setInputFiles({ name: "list.txt", mimeType: "text/plain",
        buffer: Buffer.from(text) });
    await bring("1111111111111111\nnot a hash\n");
    await page.getByRole("alert").getByText("Line 2 is no hash").waitFor();
    assert.equal(await rows.count(), 1);
    await bring("1111111111111111\n0123456789abcdef\n");
    await page.getByText("1 hash was new; 1 of the file was there already.").waitFor();
    await rows.nth(1).waitFor();
    const download = page.waitForEvent("download");
    await page.getByRole("link", { name: "Export the list" }).click();
    const file = readFileSync(await (await download).path(), "utf8");
    assert.deepEqual(file.trim().split("\n").sort(), ["0123456789abcdef", "1111111111111111"]);
    await rows.filter({ hasText: "1111111111111111" }).getByRole("button").click();
    await page.getByText("1111111111111111 is off the list.").waitFor();
    await page.reload();
    await rows.first().waitFor();
    assert.equal(await rows.count(), 1);
    member.assertNoComplaints([400, 401, 404]);
  });

  it("has an administrator who sees how the instance is", async () => {
    const { page } = moderator;
    await page.goto("/settings");
    await page.getByRole("link", { name: "Open administration" }).click();
    await main(page).getByText("No mail server is set").waitFor();
    await main(page).getByText("Nothing has given up.").waitFor();
    await main(page).getByText("Nothing waits for a moderator.").waitFor();
    await main(page).getByText(/^Picsharz \d/).waitFor();
    await page.getByRole("button", { name: "Rank them now" }).click();
    await page.getByText(/popular yet|ranked\.$/).waitFor();
    await main(page).getByRole("link", { name: "Jobs" }).click();
    await page.getByRole("link", { name: "Done" }).click();
    await main(page).getByText("photo.develop").first().waitFor();
    await moderator.shot("jobs");
    moderator.assertNoComplaints();
  });
});
