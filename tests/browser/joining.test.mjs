// Joining, end to end: a link lets one person in, terms and age are asked for, an instance for
// members only shows visitors the way in, and a picture of one's own is chosen, seen and removed.
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { launch, person } from "./support/browser.mjs";
import { photos } from "./support/paths.mjs";
import { noServer, startServer } from "./support/server.mjs";
import {
  accept,
  fillAccount,
  main,
  setUpAdministrator,
  signedIn,
  verify,
} from "./support/steps.mjs";

const root = {
  name: "Ada Root",
  handle: "ada",
  email: "ada@example.org",
  password: "eleven grey herons",
};
const mei = {
  name: "Mei Tan",
  handle: "mei_tan",
  email: "mei@example.org",
  password: "seven slow ferries",
};

describe("joining in the browser", { skip: noServer() }, () => {
  let server, browser, first, second, administrator, link;

  before(async () => {
    server = await startServer({
      PICSHARZ_ACCOUNTS__REGISTRATION: "invitation",
      PICSHARZ_INSTANCE__VISITORS: "false",
      PICSHARZ_INSTANCE__TERMS: "Your photos stay yours.\n\nBe kind to each other.",
      PICSHARZ_INSTANCE__TERMS_VERSION: "2026-11",
    });
    browser = await launch();
    first = await person(browser, server, "joining-administrator");
    second = await person(browser, server, "joining-member");
  });

  after(async () => {
    await browser?.close();
    await server?.stop();
  });

  it("leads visitors to the log-in, whatever they ask for", async () => {
    for (const path of ["/", "/recent", "/@ada", "/search?q=boat"]) {
      await second.page.goto(path);
      await main(second.page).getByRole("heading", { name: "Log in" }).waitFor();
      const next = new URL(second.page.url()).searchParams.get("next");
      assert.equal(next, path);
    }
    assert.equal(await second.page.getByRole("combobox").count(), 0, "nothing to search");
    await second.shot("members-only");
  });

  it("says that members invite", async () => {
    await second.page.goto("/signup");
    await second.page.getByText("New members come by invitation here.").waitFor();
    second.complaints.length = 0; // what the pages asked before they knew
  });

  it("makes a link and shows it once", async () => {
    administrator = await setUpAdministrator(first, server, root);
    await first.page.getByRole("link", { name: "Settings" }).click();
    await main(first.page).getByRole("link", { name: "Open invitations" }).click();
    await first.page.getByText("You have invited nobody yet.").waitFor();
    await first.page.getByRole("button", { name: "Make a link" }).click();
    link = await first.page.locator("code").textContent();
    assert.match(link, /\/signup#invitation=[\w-]{43}$/);
    await first.shot("link");
    await first.page.getByRole("button", { name: "Done" }).click();
    await first.page.getByText("0 of 1 used").waitFor();
    assert.equal(await first.page.locator("code").count(), 0);
  });

  it("signs up by the link, with the terms read and accepted", async () => {
    await second.page.goto("/terms");
    await second.page.getByText("Be kind to each other.").waitFor();
    await second.page.getByText("Version 2026-11").waitFor();
    await second.page.goto(link);
    await second.page.getByText("Ada Root (@ada) invites you").waitFor();
    assert.equal(new URL(second.page.url()).hash, "", "the token has left the address");
    await second.shot("invited");
    await fillAccount(second.page, mei);
    await main(second.page).getByRole("button", { name: "Sign up" }).click();
    const terms = second.page.getByLabel(/I accept the terms/);
    assert.equal(await terms.evaluate((box) => box.validity.valueMissing), true);
    await accept(second.page);
    await main(second.page).getByRole("button", { name: "Sign up" }).click();
    await second.page.getByRole("heading", { name: "Enter the code" }).waitFor();
    await verify(second, administrator, mei.email);
    assert.equal((await administrator.get("/v1/me/invitations")).items[0].state, "used");
  });

  it("tells the next one that the link is used", async () => {
    const third = await person(browser, server, "joining-late");
    await third.page.goto(link);
    await third.page.getByText("This invitation is used up.").waitFor();
    await third.context.close();
  });

  it("takes a link back", async () => {
    await first.page.goto("/settings/invitations");
    await first.page.getByLabel("For the address (optional)").fill("kim@example.org");
    await first.page.getByRole("button", { name: "Make a link" }).click();
    await first.page.getByRole("button", { name: "Done" }).click();
    await first.page.getByText("kim@example.org").waitFor();
    await first.page.getByRole("button", { name: /Take back/ }).click();
    await first.page.getByText("Taken back").waitFor();
    first.assertNoComplaints();
  });

  it("shows a picture of one's own everywhere, until it is removed", async () => {
    await second.page.goto("/settings");
    await second.page.getByLabel("Your picture").setInputFiles(join(photos, "train.jpg"));
    await second.page.getByRole("button", { name: "Use this picture" }).click();
    await second.page.getByText("Your picture is changed.").waitFor();
    const bar = second.page.getByRole("navigation", { name: "Main" }).locator(".avatar img");
    await bar.waitFor();
    assert.ok(await bar.evaluate((image) => image.decode().then(() => image.naturalWidth)) > 60);
    await second.shot("avatar");
    await first.page.goto("/@mei_tan");
    await main(first.page).locator(".avatar img").first().waitFor();
    await second.page.getByRole("button", { name: "Remove" }).click();
    await second.page.getByText("Your picture is removed.").waitFor();
    assert.equal(await second.page.locator(".avatar img").count(), 0);
    await signedIn(second.page);
    second.assertNoComplaints();
  });
});
