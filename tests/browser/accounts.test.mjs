// Accounts and sessions, end to end: the real server, real mails, a real browser.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { resetPattern } from "./support/api.mjs";
import { launch, person } from "./support/browser.mjs";
import { quiet } from "./support/quiet.mjs";
import { noServer, startServer } from "./support/server.mjs";
import {
  accept,
  fillAccount,
  logIn,
  logOut,
  main,
  setUpAdministrator,
  signedIn,
  signUp,
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
const renewed = "nine quick trains";

describe("accounts in the browser", { skip: noServer() }, () => {
  let server, browser, first, second, administrator;

  before(async () => {
    server = await startServer();
    browser = await launch();
    first = await person(browser, server, "administrator");
    second = await person(browser, server, "member");
  });

  after(async () => {
    await browser?.close();
    await server?.stop();
  });

  it("makes the first administrator by the one-time link", async () => {
    await first.page.goto("/");
    await main(first.page).getByText("no administrator yet").waitFor();
    administrator = await setUpAdministrator(first, server, root);
    assert.equal((await administrator.get("/v1/me")).role, "administrator");
    assert.equal(new URL(first.page.url()).hash, "", "the token has left the address");
    await first.shot("home");
  });

  it("refuses the link a second time, and says so", async () => {
    const late = await person(browser, server, "late");
    await late.page.goto(server.setupLink);
    await fillAccount(late.page, { ...mei, handle: "eve", email: "eve@example.org" });
    await late.page.getByRole("button", { name: "Create the administrator" }).click();
    await late.page.getByRole("alert").getByText(/used or over/).waitFor();
    late.assertNoComplaints([410]);
    await late.context.close();
  });

  it("says beside the field what is wrong with it", async () => {
    await signUpWith({ ...mei, handle: "admin" });
    assert.equal(await invalid("Handle"), "true");
    await second.shot("signup-refused");
    await signUpWith({ ...mei, password: "password1" });
    assert.equal(await invalid("Password"), "true");
    second.assertNoComplaints([400]);
    second.complaints.length = 0;
  });

  async function signUpWith(account) {
    await second.page.goto("/signup");
    await fillAccount(second.page, account);
    await accept(second.page);
    await main(second.page).getByRole("button", { name: "Sign up" }).click();
    await second.page.locator("[aria-invalid=true]").waitFor();
  }

  const invalid = (label) => second.page.getByLabel(label).getAttribute("aria-invalid");

  it("signs a second person up and refuses a wrong code", async () => {
    await signUp(second, mei);
    await second.page.getByLabel("Code").fill("0000-0000");
    await second.page.getByRole("button", { name: "Continue" }).click();
    await second.page.getByRole("alert").getByText(/code is not right/).waitFor();
    second.assertNoComplaints([422]);
    second.complaints.length = 0;
  });

  it("verifies with the code from the mail, which the administrator can read", async () => {
    await verify(second, administrator, mei.email);
    await first.page.goto("/admin/mailbox");
    await first.page.getByText(`to ${mei.email}`).first().click();
    const mail = first.page.frameLocator("iframe");
    await mail.getByText("this code proves that the address is yours").waitFor();
    await first.shot("mailbox");
    await second.page.goto("/admin/mailbox");
    await second.page.getByText("This page is for administrators.").waitFor();
  });

  it("logs out, and in again with handle and with e-mail", async () => {
    await second.page.goto("/");
    await logOut(second);
    await logIn(second, mei.handle, mei.password);
    await signedIn(second.page);
    await logOut(second);
    await logIn(second, mei.email, mei.password);
    await signedIn(second.page);
    second.assertNoComplaints();
  });

  it("refuses a wrong password and keeps what was typed", async () => {
    await logOut(second);
    await logIn(second, mei.email, "not my password");
    await second.page.getByRole("alert").getByText(/No account has this login/).waitFor();
    assert.equal(await second.page.getByLabel("Handle or e-mail").inputValue(), mei.email);
    second.assertNoComplaints([401]);
    second.complaints.length = 0;
  });

  it("resets the password by the link in the mail, which ends every session", async () => {
    const other = await person(browser, server, "other");
    await logIn(other, mei.handle, mei.password);
    await signedIn(other.page);

    await second.page.goto("/forgot");
    await second.page.getByLabel("Handle or e-mail").fill(mei.email);
    await second.page.getByRole("button", { name: "Send the link" }).click();
    await second.page.getByText("a mail is on its way").waitFor();
    const link = new URL(await administrator.mail(mei.email, resetPattern));
    await second.page.goto(link.pathname + link.hash);
    await second.page.getByLabel("New password").fill(renewed);
    await second.page.getByRole("button", { name: "Set the password" }).click();
    await second.page.getByText("All sessions have ended").waitFor();

    await other.page.reload();
    await main(other.page).getByRole("link", { name: "Log in" }).waitFor();
    other.assertNoComplaints([401]);
    await other.context.close();

    await logIn(second, mei.email, renewed);
    await signedIn(second.page);
  });

  it("changes the profile and ends another session from the settings", async () => {
    const other = await person(browser, server, "elsewhere");
    await logIn(other, mei.handle, renewed);
    await signedIn(other.page);

    await second.page.goto("/settings");
    await second.page.getByLabel("About you").fill("Harbours, mostly at dawn.");
    await second.page.getByLabel("About you").blur();
    await second.page.getByText("About you: saved.").waitFor();
    await second.shot("settings");
    await main(second.page).getByRole("link", { name: "Open sign-in and sessions" }).click();
    await second.page.getByRole("button", { name: "End session" }).last().waitFor();
    const ends = second.page.getByRole("button", { name: "End session" });
    while ((await ends.count()) > 0) {
      const left = await ends.count();
      await ends.first().click();
      await ends.nth(left - 1).waitFor({ state: "detached" });
    }
    await other.page.reload();
    await main(other.page).getByRole("link", { name: "Log in" }).waitFor();
    await other.context.close();

    await second.page.goto(`/@${mei.handle}`);
    await second.page.getByText("Harbours, mostly at dawn.").waitFor();
    second.assertNoComplaints();
    first.assertNoComplaints();
  });

  it("speaks and writes mails in the language that the member chooses", async () => {
    await second.page.goto("/settings");
    const list = second.page.locator("#page-language");
    const choose = async (from, to) => {
      assert.equal(await list.inputValue(), from);
      await list.selectOption(to);
      await second.page.locator(`html[lang="${to}"]`).waitFor({ state: "attached" });
      await list.waitFor();
    };
    await choose("en", "fr");
    assert.equal(await list.inputValue(), "fr");
    await administrator.send("POST", "/v1/password/forgot", { login: mei.handle });
    await administrator.mail(mei.email, /Bonjour Mei Tan,/);
    await first.page.goto("/admin/mailbox");
    await first.page.getByText("Choisis un nouveau mot de passe").first().click();
    const mail = first.page.frameLocator("iframe");
    await mail.getByText("Bonjour Mei Tan,").waitFor();
    assert.equal(await mail.locator("html").getAttribute("lang"), "fr");
    await first.shot("mail-in-french");
    // Another device, whose browser speaks English, takes it with the log-in, and what is changed
    // here with the next page; from then on the server sends each page in it.
    const other = await person(browser, server, "other-language");
    const sent = async (path) => {
      await quiet(other.page);
      const text = await (await other.page.goto(path)).text();
      return /<html lang="([\w-]+)"/.exec(text)?.[1];
    };
    await logIn(other, mei.handle, renewed);
    await other.page.locator('html[lang="fr"]').waitFor({ state: "attached" });
    await main(other.page).locator("h1").waitFor({ state: "attached" });
    for (const path of ["/upload", "/settings", "/recent"]) assert.equal(await sent(path), "fr");
    await choose("fr", "en");
    await other.page.goto("/upload");
    await other.page.locator('html[lang="en"]').waitFor({ state: "attached" });
    for (const path of ["/upload", "/settings", "/recent"]) assert.equal(await sent(path), "en");
    other.assertNoComplaints();
    await other.context.close();
    second.assertNoComplaints();
    first.assertNoComplaints();
  });
});
