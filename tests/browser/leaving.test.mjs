// Deleting one's account and taking it back, in the browser, against the real server.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { launch, person } from "./support/browser.mjs";
import { noServer, startServer } from "./support/server.mjs";
import { logIn, main, setUpAdministrator, signedIn, signUp, verify } from "./support/steps.mjs";

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

describe("leaving in the browser", { skip: noServer() }, () => {
  let server, browser, ada, administrator, member;

  before(async () => {
    server = await startServer();
    browser = await launch();
    ada = await person(browser, server, "administrator");
    member = await person(browser, server, "leaving");
    administrator = await setUpAdministrator(ada, server, root);
    await signUp(member, mei);
    await verify(member, administrator, mei.email);
    await signedIn(member.page);
  });

  after(async () => {
    await browser?.close();
    await server?.stop();
  });

  const page = () => member.page;
  const button = (name) => main(page()).getByRole("button", { name, exact: true });

  async function begin(who) {
    await who.page.goto("/settings");
    await main(who.page).getByRole("button", { name: "Delete account…" }).click();
  }

  it("says what happens, asks for the password, and lets one keep it", async () => {
    await begin(member);
    await main(page()).getByText("You are logged out everywhere").waitFor();
    const password = page().getByLabel("Your password");
    assert.ok(await password.evaluate((e) => e === document.activeElement));
    await page().getByLabel("Your password").fill("not mine");
    await button("Delete @mei_tan").click();
    await page().getByText("This is not your password.").waitFor();
    await member.shot("delete-account");
    await button("Keep it").click();
    await button("Delete account…").waitFor();
    assert.equal(await page().getByLabel("Your password").count(), 0);
  });

  it("deletes it, and says until when it can be taken back", async () => {
    await begin(member);
    await page().getByLabel("Your password").fill(mei.password);
    await button("Delete @mei_tan").click();
    await main(page()).getByRole("heading", { name: "Goodbye" }).waitFor();
    await main(page()).getByText("you can take it back").waitFor();
    await member.shot("goodbye");
    await ada.page.goto("/@mei_tan");
    await main(ada.page).getByText("nothing here").waitFor();
  });

  it("offers to take it back at the log-in, and everything is there again", async () => {
    await main(page()).getByRole("link", { name: "Log in to take it back" }).click();
    await logIn(member, mei.handle, mei.password);
    await main(page()).getByRole("heading", { name: "Take it back?" }).waitFor();
    assert.ok(await button("Take it back").evaluate((e) => e === document.activeElement));
    await member.shot("take-back");
    await button("Leave it deleted").click();
    await main(page()).getByRole("heading", { name: "Log in" }).waitFor();
    await logIn(member, mei.handle, mei.password);
    await button("Take it back").click();
    await signedIn(page());
    await ada.page.goto("/@mei_tan");
    await main(ada.page).getByRole("heading", { name: mei.name }).waitFor();
    member.assertNoComplaints([401, 403]);
  });

  it("does not let the last administrator go", async () => {
    await begin(ada);
    await ada.page.getByLabel("Your password").fill(root.password);
    await main(ada.page).getByRole("button", { name: "Delete @ada" }).click();
    await main(ada.page).getByText("This is the only administrator").waitFor();
  });
});
