// Two people at once: what the one does, the other is told while she looks; in a mail, which one
// click ends; and as she chose in the settings.
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { launch, person } from "./support/browser.mjs";
import { amara, jonas, mei } from "./support/cast.mjs";
import { missing, photos } from "./support/paths.mjs";
import { quiet } from "./support/quiet.mjs";
import { noModels, noServer, startServer } from "./support/server.mjs";
import { main, publish, setUpAdministrator, signUp, verify } from "./support/steps.mjs";
import { until } from "./support/visit.mjs";

const file = join(photos, "wild-2.jpg");
const title = "Two on a rock";

const skip = noServer() || noModels() || missing(file, "the photo of the test");

describe("people are told", { skip }, () => {
  let server, browser, first, second, third, administrator, address;

  before(async () => {
    // Mails about what is new go out at once.
    server = await startServer({ PICSHARZ_NOTIFICATIONS__MAIL_DELAY: "0" });
    browser = await launch();
    first = await person(browser, server, "told");
    second = await person(browser, server, "doing");
    administrator = await setUpAdministrator(first, server, amara);
    third = await person(browser, server, "joining");
    for (const [who, account] of [[second, jonas], [third, mei]]) {
      await signUp(who, account);
      await verify(who, administrator, account.email);
    }
    address = await publish(first, file, title);
  });

  after(async () => {
    await browser?.close();
    await server?.stop();
  });

  const bell = (page) =>
    page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: /^Activity/ });
  const bellSays = (page, name) =>
    page.getByRole("navigation", { name: "Main" }).getByRole("link", { name }).waitFor();
  const items = (page) => main(page).getByRole("article");

  it("has a page that is empty at first", async () => {
    await second.page.goto("/activity");
    await main(second.page).getByText("Nothing yet.").waitFor();
    assert.equal((await bell(second.page).innerText()).trim(), "Activity");
  });

  it("counts at the bell, by itself, while she looks at something else", async () => {
    await quiet(first.page); // it listens
    await second.page.goto(address);
    await second.page.getByRole("button", { name: "Like", pressed: false }).click();
    await bellSays(first.page, /^Activity\s*1\s+new$/);
    await second.page.goto(`/@${amara.handle}`);
    await second.page.getByRole("button", { name: "Follow", exact: true }).click();
    await bellSays(first.page, /^Activity\s*2\s+new$/);
    await first.shot("bell");
    // It is mailed as long as she has not seen it, and he has not taken it back.
    await administrator.mail(amara.email, /Jonas Lind follows you/);
  });

  it("says who did what, and what is seen is read", async () => {
    const { page } = first;
    await bell(page).click();
    await page.getByRole("heading", { name: "Activity" }).waitFor();
    await page.getByRole("region", { name: "Today" }).waitFor();
    await items(page).filter({ hasText: `Jonas Lind liked your photo ${title}` }).waitFor();
    await items(page).filter({ hasText: "Jonas Lind follows you" }).waitFor();
    assert.equal(await items(page).filter({ hasText: /New ·/ }).count(), 2);
    await bellSays(page, /^Activity$/);
    await first.shot("activity");
  });

  it("changes while she looks at it", async () => {
    await third.page.goto(address);
    await third.page.getByRole("button", { name: "Like", pressed: false }).click();
    const both = `Mei Tan and Jonas Lind liked your photo ${title}`;
    await items(first.page).first().filter({ hasText: both }).waitFor();
    assert.equal(await items(first.page).count(), 2);
    await bellSays(first.page, /^Activity$/);
  });

  it("says nothing of what was taken back", async () => {
    await third.page.getByRole("button", { name: "Like", pressed: true }).click();
    await third.page.getByRole("button", { name: "Like", pressed: false }).waitFor();
    await second.page.getByRole("button", { name: "Unfollow" }).click();
    await second.page.getByRole("button", { name: "Follow", exact: true }).waitFor();
    await second.page.goto(address);
    await second.page.getByRole("button", { name: "Like", pressed: true }).click();
    await second.page.getByRole("button", { name: "Like", pressed: false }).waitFor();
    for (const { page } of [second, third]) await quiet(page); // it is shown before it is done
    await first.page.reload();
    await main(first.page).getByText("Nothing yet.").waitFor();
  });

  it("comes by a mail that is shown as its reader sees it", async () => {
    const { page } = first;
    await administrator.mail(amara.email, /Jonas Lind follows you/);
    await page.goto("/admin/mailbox");
    await main(page).getByText("Jonas Lind follows you").first().click();
    const mail = page.frameLocator(`iframe[title="Jonas Lind follows you"]`);
    await mail.getByText("Jonas Lind follows you at Picsharz.").waitFor();
    await mail.getByRole("link", { name: "Open the profile" }).waitFor();
    await first.shot("mailbox");
    await page.getByLabel("Show the plain text").check();
    await page.locator("details[open]").getByText("Hello Amara Okafor,").waitFor();
  });

  it("comes by no such mail after one click, which needs no log-in", async () => {
    const { items: kept } = await administrator.get("/v1/admin/mailbox?limit=100");
    const mail = kept.find((one) => one.subject === "Jonas Lind follows you");
    const visitor = await person(browser, server, "unsubscriber");
    const { page } = visitor;
    const link = new URL(mail.unsubscribe).pathname;
    await page.goto(link);
    await page.getByText("You get mails about new followers.").waitFor();
    assert.ok(!page.url().includes("token"), page.url());
    await page.goto(link);
    await page.getByRole("button", { name: "Stop these mails" }).click();
    await page.getByText("You no longer get mails about new followers.").waitFor();
    await visitor.shot("unsubscribe");
    visitor.assertNoComplaints();
    await visitor.context.close();
    await first.page.goto("/settings");
    const choice = first.page.getByLabel("E-mail: New followers");
    await choice.waitFor();
    assert.equal(await choice.inputValue(), "never");
  });

  it("shows the photo in a mail about it, and nothing of it is fetched", async () => {
    const { page } = first;
    await page.goto("/settings");
    await page.getByLabel("E-mail: Comments on your photos").selectOption("at_once");
    await page.getByText("E-mail: Comments on your photos: saved.").waitFor();
    await second.page.goto(address);
    await second.page.getByLabel("Add a comment").fill("How long did you wait?");
    await second.page.getByRole("button", { name: "Send" }).click();
    await administrator.mail(amara.email, /Jonas Lind commented on your photo/);
    const subject = `Jonas Lind commented on your photo "${title}"`;
    await page.goto("/admin/mailbox");
    const asked = [];
    page.on("request", (request) => {
      if (request.frame() !== page.mainFrame()) asked.push(request.url());
    });
    await main(page).getByText(subject).first().click();
    const mail = page.frameLocator(`iframe[title='${subject}']`);
    await mail.getByText("How long did you wait?").waitFor();
    const image = mail.getByRole("img");
    await image.waitFor();
    await until(() => image.evaluate((shown) => shown.complete)); // it has its room before that
    assert.equal(await image.evaluate((shown) => shown.naturalWidth), 320);
    const fetched = asked.filter((url) => !url.startsWith("data:"));
    assert.equal(fetched.length, 1, fetched.join(" "));
    assert.match(fetched[0], /\/v1\/admin\/mailbox\/\d+\/html$/);
    await first.shot("mail-with-picture");
  });

  it("is told as it was chosen", async () => {
    const { page } = first;
    await page.goto("/settings");
    const likes = page.getByRole("group", { name: "Likes" });
    await likes.getByLabel("In the app").uncheck();
    await page.getByText("In the app: Likes: saved.").waitFor();
    await likes.getByLabel("E-mail: Likes").selectOption("never");
    await page.getByRole("combobox", { name: "The daily e-mail comes at" }).selectOption("21");
    await page.getByText("The daily e-mail comes at: saved.").waitFor();
    await page.reload();
    await likes.getByLabel("In the app").waitFor();
    assert.equal(await likes.getByLabel("In the app").isChecked(), false);
    assert.equal(await likes.getByLabel("E-mail: Likes").inputValue(), "never");
    assert.equal(await page.getByLabel("The daily e-mail comes at").inputValue(), "21");
    first.assertNoComplaints();
    second.assertNoComplaints();
    third.assertNoComplaints();
  });
});
