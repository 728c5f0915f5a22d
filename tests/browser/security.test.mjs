// Password, address, authenticator, sessions and tokens in the browser, against the real server.
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { after, before, describe, it } from "node:test";
import { Api, codePattern } from "./support/api.mjs";
import { launch, person } from "./support/browser.mjs";
import { noServer, startServer } from "./support/server.mjs";
import { logIn, logOut, main, setUpAdministrator, signedIn } from "./support/steps.mjs";

const root = {
  name: "Ada Root",
  handle: "ada",
  email: "ada@example.org",
  password: "eleven grey herons",
};
const renewed = "nine quick trains";
const addressPattern = /https?:\/\/\S+\/email#token=\S+/;

// What an authenticator shows (RFC 6238).
function totp(base32, steps = 0) {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  const bits = [...base32].map((c) => alphabet.indexOf(c).toString(2).padStart(5, "0")).join("");
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + steps));
  const digest = createHmac("sha1", key).update(counter).digest();
  const number = digest.readUInt32BE(digest[19] & 15) & 0x7fffffff;
  return String(number % 1_000_000).padStart(6, "0");
}

describe("security in the browser", { skip: noServer() }, () => {
  let server, browser, ada, administrator, secret;
  let recovery = [];

  before(async () => {
    server = await startServer();
    browser = await launch();
    ada = await person(browser, server, "security");
    administrator = await setUpAdministrator(ada, server, root);
  });

  after(async () => {
    await browser?.close();
    await server?.stop();
  });

  const page = () => ada.page;
  const open = async () => {
    await page().goto("/settings/security");
    await page().getByRole("heading", { name: "Programs" }).waitFor();
  };
  const button = (name) => main(page()).getByRole("button", { name, exact: true });
  const section = (name) => main(page()).getByRole("region", { name, exact: true });

  it("ends all other sessions", async () => {
    const other = await person(browser, server, "elsewhere");
    await logIn(other, root.handle, root.password);
    await signedIn(other.page);
    await open();
    await page().getByText("This browser").waitFor();
    await button("End all others").click();
    await button("End all others").waitFor({ state: "detached" });
    assert.equal(await section("Sessions").getByRole("listitem").count(), 1);
    await other.page.reload();
    await main(other.page).getByRole("link", { name: "Log in" }).waitFor();
    await other.context.close();
  });

  it("changes the password and says where it is wrong", async () => {
    await open();
    await page().getByLabel("Password now").fill("not mine");
    await page().getByLabel("New password").fill(renewed);
    await button("Change the password").click();
    await page().getByText("This is not your password.").waitFor();
    assert.equal(
      await page().getByLabel("Password now").getAttribute("aria-invalid"),
      "true",
    );
    await page().getByLabel("Password now").fill(root.password);
    await button("Change the password").click();
    await page().getByText("Changed. All other sessions have ended.").waitFor();
    await page().reload();
    await page().getByText("This browser").waitFor();
    ada.assertNoComplaints([403]);
    ada.complaints.length = 0;
  });

  it("changes the address when both mailboxes have agreed", async () => {
    const again = await person(browser, server, "mailbox");
    administrator = await Api.logIn(server.address, root.handle, renewed); // the old session ended
    await page().getByLabel("New address").fill("ada@example.net");
    await section("E-mail address").getByLabel("Your password").fill(renewed);
    await button("Change the address").click();
    await page().getByText("takes its place when both mailboxes have agreed").waitFor();
    await ada.shot("address");
    const link = new URL(await administrator.mail(root.email, addressPattern));
    await again.page.goto(link.pathname + link.hash);
    await again.page.getByText("Shall it become").waitFor();
    assert.equal(new URL(again.page.url()).hash, "", "the token has left the address");
    await again.shot("agree");
    await again.page.getByRole("button", { name: "Change it" }).click();
    await again.page.getByText("once the code that was sent there is entered").waitFor();
    again.assertNoComplaints();
    await again.context.close();
    await page().getByLabel("Code", { exact: true }).fill(
      await administrator.mail("ada@example.net", codePattern),
    );
    await button("Confirm").click();
    await page().getByText("Mails go to ada@example.net").waitFor();
    ada.assertNoComplaints();
  });

  it("sets an authenticator up with a QR code", async () => {
    await open();
    await section("Authenticator").getByLabel("Your password").fill(renewed);
    await button("Set up an authenticator").click();
    await page().getByRole("img", { name: /QR code/ }).waitFor();
    secret = (await page().locator("code").textContent()).replaceAll(" ", "");
    await ada.shot("totp");
    await page().getByLabel("Code", { exact: true }).fill("000000");
    await button("Switch it on").click();
    await page().getByText("This code is not right.").waitFor();
    // Wherever this half of a minute ends: the server takes the code of the one before as well.
    await page().getByLabel("Code", { exact: true }).fill(totp(secret));
    await button("Switch it on").click();
    await page().getByText("Your recovery codes.").waitFor();
    recovery = await section("Authenticator").getByRole("listitem").allTextContents();
    assert.equal(recovery.length, 10);
    await ada.shot("codes");
    await button("I have kept them").click();
    await page().getByText("10 recovery codes left").waitFor();
    ada.assertNoComplaints([403]);
    ada.complaints.length = 0;
  });

  it("asks for the code at a log-in, with the focus on it", async () => {
    await page().goto("/");
    await logOut(ada);
    await logIn(ada, root.handle, renewed);
    const code = page().getByLabel("Code", { exact: true });
    await code.waitFor();
    assert.ok(await code.evaluate((field) => field === document.activeElement));
    await ada.shot("login");
    await code.fill("000000");
    await button("Log in").click();
    await page().getByText("This code is not right.").waitFor();
    await code.fill(totp(secret, 1)); // and of the one after: each is taken once
    await button("Log in").click();
    await signedIn(page());
    await logOut(ada);
    await logIn(ada, root.handle, renewed);
    await page().getByLabel("Code", { exact: true }).fill(recovery[0]);
    await button("Log in").click();
    await signedIn(page());
    ada.assertNoComplaints([401]);
    ada.complaints.length = 0;
  });

  it("makes a token that works, and ends it", async () => {
    await open();
    await button("New token").click();
    await page().getByLabel("Which program").fill("Backup at home");
    await page().getByLabel("Upload, change and delete your photos").check();
    await section("Programs").getByLabel("Your password").fill(renewed);
    await ada.shot("token-form");
    await button("Make the token").click();
    await page().getByText("it is not shown again").waitFor();
    const token = await section("Programs").locator("code").textContent();
    await ada.shot("token");
    const ask = () =>
      fetch(`${server.address}/v1/me`, { headers: { Authorization: `Bearer ${token}` } });
    assert.equal((await ask()).status, 200);
    await button("Done").click();
    await page().getByText("read, write:photos").waitFor();
    await button("End the token Backup at home").click();
    await page().getByText("No program has a token of yours.").waitFor();
    assert.equal((await ask()).status, 401);
    ada.assertNoComplaints();
  });

  it("switches the authenticator off with a recovery code", async () => {
    await section("Authenticator").getByRole("button", { name: "Switch it off" }).click();
    await section("Authenticator").getByLabel("Your password").fill(renewed);
    await page().getByLabel("Code", { exact: true }).fill(recovery[1]);
    await section("Authenticator").getByRole("button", { name: "Switch it off" }).click();
    await page().getByText("Switched off.").waitFor();
    ada.assertNoComplaints();
  });

  it("changes the handle, and the old address of the profile leads to the new one", async () => {
    await page().goto("/settings");
    await page().getByLabel("Handle").fill("ada_lovelace");
    await button("Change the handle").click();
    await page().getByText("Your handle is @ada_lovelace now.").waitFor();
    await page().getByLabel("Handle").fill("ada_third");
    await button("Change the handle").click();
    await page().getByText("A handle can be changed once in 30 days.").waitFor();
    await ada.shot("handle");
    await page().goto("/@ada");
    await page().waitForURL("**/@ada_lovelace");
    await main(page()).getByText("@ada_lovelace").first().waitFor();
    ada.assertNoComplaints([429]);
    ada.complaints.length = 0;
  });
});
