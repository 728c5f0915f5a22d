// Forms say what is wrong where it is, and lead on to where somebody wanted to be.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { accept, fillAccount, main } from "../support/steps.mjs";
import { noPages, pagesBench } from "../support/visit.mjs";

describe("forms", { skip: noPages }, () => {
  const bench = pagesBench();

  it("says where a form is wrong and puts the focus there", async () => {
    const one = await bench.visit("/signup", { member: false });
    const email = "somebody@example.org";
    await fillAccount(one.page, { name: "S", handle: "admin", email, password: "slow ferries" });
    await accept(one.page);
    await main(one.page).getByRole("button", { name: "Sign up" }).click();
    await one.page.getByText("Choose another handle.").waitFor();
    assert.equal(await one.page.evaluate(() => document.activeElement.id), "handle");
    one.assertNoComplaints([400]);
    await one.context.close();
  });

  it("sends visitors to log in, and back to where they wanted to be", async () => {
    const one = await bench.visit("/settings", { member: false });
    await one.page.getByRole("heading", { name: "Log in" }).waitFor();
    await one.page.getByLabel("Handle or e-mail").fill("mei");
    await one.page.getByLabel("Password").fill("seven slow ferries");
    await main(one.page).getByRole("button", { name: "Log in" }).click();
    await one.page.getByRole("heading", { name: "Settings" }).waitFor();
    assert.equal(new URL(one.page.url()).pathname, "/settings");
    await one.context.close();
  });
});
