// Members for administrators: found, changed with a reason, and what was done to them.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { main } from "../support/steps.mjs";
import { noPages, pagesBench } from "../support/visit.mjs";

describe("members", { skip: noPages }, () => {
  const bench = pagesBench();
  const names = (page) => main(page).locator(".rows .what a").allInnerTexts();

  it("are listed with what they are", async () => {
    const one = await bench.visit("/admin/users");
    const rows = main(one.page).locator(".rows > li");
    assert.equal(await rows.count(), 5);
    const texts = await rows.evaluateAll((all) => all.map((row) => row.innerText));
    assert.match(texts[1], /Tomás Vega[^]*@tomas[^]*Suspended[^]*tomas@example\.org/);
    assert.match(texts[1], /12 photos · 48 MB ·\s*Not logged in anywhere/);
    assert.match(texts[3], /Moderator/);
    assert.doesNotMatch(texts[2], /Active|Member/);
    one.assertNoComplaints();
    await one.context.close();
  });

  it("are found by a part of their name, and by what they are", async () => {
    const one = await bench.visit("/admin/users");
    const { page } = one;
    await main(page).getByLabel("Handle, name or address").fill("BERG");
    await main(page).getByRole("button", { name: "Find" }).click();
    await page.waitForURL("**/admin/users?q=BERG");
    await main(page).getByText("@jonas").waitFor();
    assert.deepEqual(await names(page), ["Jonas Berg"]);
    await page.goto("/admin/users?show=suspended");
    await main(page).getByText("@tomas").waitFor();
    assert.deepEqual(await names(page), ["Tomás Vega"]);
    await page.goto("/admin/users?q=nobody");
    await main(page).getByText("Nobody is found here.").waitFor();
    await main(page).getByRole("link", { name: "See everybody" }).click();
    await main(page).getByText("@noor").waitFor();
    one.assertNoComplaints();
    await one.context.close();
  });

  it("are suspended and reinstated with a reason, which stands in the log", async () => {
    const one = await bench.visit("/admin/users/jonas");
    const { page } = one;
    await main(page).getByLabel("What to do").selectOption("Suspend the account");
    await main(page).getByRole("button", { name: "Suspend the account" }).click();
    assert.equal(await main(page).getByText("Done.").count(), 0); // it asks for a reason first
    await main(page).getByLabel("Reason").fill("Sells followers");
    await main(page).getByRole("button", { name: "Suspend the account" }).click();
    await main(page).getByText("Done. It is in the log.").waitFor();
    const log = main(page).getByRole("region", { name: "What administrators did" });
    await log.getByText("Suspended the account.").waitFor();
    assert.match(await log.innerText(), /Sells followers\s+@mei/);
    await main(page).getByLabel("Reason").fill("A mistake");
    await main(page).getByRole("button", { name: "Reinstate the account" }).click();
    await log.getByText("Reinstated the account.").waitFor();
    one.assertNoComplaints();
    await one.context.close();
  });

  it("are given a role, and space in GiB or what everybody has", async () => {
    const one = await bench.visit("/admin/users/noor");
    const { page } = one;
    const log = main(page).getByRole("region", { name: "What administrators did" });
    await log.getByText("Nothing was done to this account.").waitFor();
    await main(page).getByLabel("Role").selectOption("Moderator");
    await main(page).getByLabel("Reason").fill("Helps");
    await main(page).getByRole("button", { name: "Change the role" }).click();
    await log.getByText("Made them: Moderator.").waitFor();
    await main(page).getByLabel("What to do").selectOption("Change the space");
    await main(page).getByLabel("Space in GiB").fill("ten");
    await main(page).getByLabel("Reason").fill("Exhibits");
    await main(page).getByRole("button", { name: "Change the space" }).click();
    await main(page).getByText("Type a number, such as 20 or 0.5.").waitFor();
    await main(page).getByLabel("Space in GiB").fill("20");
    await main(page).getByRole("button", { name: "Change the space" }).click();
    await log.getByText("Granted space of their own: 21.5 GB.").waitFor();
    await main(page).getByLabel("Space in GiB").fill("");
    await main(page).getByLabel("Reason").fill("No more exhibits");
    await main(page).getByRole("button", { name: "Change the space" }).click();
    await log.getByText("Gave them the space that everybody has.").waitFor();
    one.assertNoComplaints();
    await one.context.close();
  });

  it("are not given the role that they have, which the form opens with", async () => {
    const one = await bench.visit("/admin/users/jonas");
    const { page } = one;
    await main(page).getByLabel("Reason").fill("A slip");
    await main(page).getByLabel("Reason").press("Enter");
    await main(page).getByRole("alert").filter({ hasText: "The account has that role already." })
      .waitFor();
    const log = main(page).getByRole("region", { name: "What administrators did" });
    assert.equal(await log.getByText("Made them:").count(), 0);
    one.assertNoComplaints([409]);
    await one.context.close();
  });

  it("are told why something cannot be done", async () => {
    const one = await bench.visit("/admin/users/aiko");
    await main(one.page).getByLabel("What to do").selectOption("End all sessions");
    await main(one.page).getByText("and programs with a token too").waitFor();
    await main(one.page).getByLabel("Reason").fill("A lost phone");
    await main(one.page).getByRole("button", { name: "End all sessions" }).click();
    await main(one.page).getByText("Ended 3 sessions. Ended one token.").waitFor();
    await one.page.goto("/admin/users/nobody");
    await main(one.page).getByRole("alert").or(main(one.page).getByText("not there")).first()
      .waitFor();
    await one.context.close();
  });
});
