// A23: whoever logs in by an address that somebody made for them ends on a page of this site.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { foreignForms } from "../../web/test/foreign_forms.mjs";
import { launch, person } from "./support/browser.mjs";
import { noServer, startServer } from "./support/server.mjs";
import { logOut, main, setUpAdministrator, signedIn } from "./support/steps.mjs";

const root = {
  name: "Ada Root",
  handle: "ada",
  email: "ada@example.org",
  password: "eleven grey herons",
};
// Those that the browser itself would take elsewhere, in a log-in each.
const worst = ["/\t/evil.example", "//evil.example", "/\\evil.example", "/.//evil.example",
  "javascript:alert(1)", "/\\\t/evil.example", "/photo/..//evil.example"];

describe("where a log-in leads", { skip: noServer() }, () => {
  let server, browser, ada;

  before(async () => {
    server = await startServer();
    browser = await launch();
    ada = await person(browser, server, "redirect");
    await setUpAdministrator(ada, server, root);
    // Whatever leaves the site would show here.
    await ada.context.route((url) => url.origin !== server.address, (route) => {
      elsewhere.push(route.request().url());
      return route.abort();
    });
    ada.page.on("dialog", (dialog) => {
      elsewhere.push(`dialog ${dialog.message()}`);
      return dialog.dismiss();
    });
  });

  after(async () => {
    await browser?.close();
    await server?.stop();
  });

  const elsewhere = [];
  const address = (next) => `/login?next=${encodeURIComponent(next)}`;

  async function fillIn() {
    await ada.page.getByLabel("Handle or e-mail").fill(root.handle);
    await ada.page.getByLabel("Password").fill(root.password);
    await main(ada.page).getByRole("button", { name: "Log in" }).click();
  }

  it("is a page of ours where `next` names one", async () => {
    await logOut(ada);
    await ada.page.goto(address("/settings/security?x=1"));
    await fillIn();
    await ada.page.getByRole("heading", { name: "Programs" }).waitFor();
    const { pathname, search } = new URL(ada.page.url());
    assert.equal(pathname + search, "/settings/security?x=1");
  });

  for (const next of worst) {
    it(`is home for ${JSON.stringify(next)}`, async () => {
      await ada.page.goto("/");
      await logOut(ada);
      await ada.page.goto(address(next));
      await fillIn();
      await signedIn(ada.page);
      await ada.page.waitForURL(`${server.address}/`);
      assert.deepEqual(elsewhere, []);
      ada.assertNoComplaints();
    });
  }

  it("is home for who is signed in already, in every form", async () => {
    // The server answers no address that is longer, or has a NUL in it.
    const asked = foreignForms.filter((form) => form.length < 10_000 && !form.includes("\u0000"));
    assert.ok(asked.length >= 60);
    for (const next of asked) {
      await ada.page.goto(address(next), { waitUntil: "commit" });
      await ada.page.waitForURL(`${server.address}/`, { waitUntil: "commit" });
    }
    assert.deepEqual(elsewhere, []);
    ada.assertNoComplaints();
  });

  it("and no address of ours that looks like another's is more than a page", async () => {
    for (const path of ["//evil.example", "//evil.example/login?next=//evil.example",
      "/%5cevil.example", "/.//evil.example"]) {
      await ada.page.goto(server.address + path);
      await ada.page.getByText("There is no page at this address.").waitFor();
      assert.equal(new URL(ada.page.url()).origin, server.address);
      // A link of the page leads to this site, too, whatever the path begins with.
      await main(ada.page).getByRole("link", { name: "Go home" }).click();
      await ada.page.waitForURL(`${server.address}/`);
    }
    assert.deepEqual(elsewhere, []);
    ada.assertNoComplaints();
  });
});
