// The search page and its field, against the fake server: suggestions by keyboard, kinds, orders,
// other spellings, and what is wrong with an operator.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { main } from "../support/steps.mjs";
import { noPages, pagesBench, phone, somebody } from "../support/visit.mjs";

describe("search", { skip: noPages }, () => {
  const bench = pagesBench();
  let one, page, field;

  before(async () => {
    one = await somebody(bench.browser, bench.server, "search", { member: false, ...phone });
    page = one.page;
    await page.goto("/recent");
    field = page.getByRole("combobox", { name: "Search photos and people" });
  });

  after(() => one?.context.close());

  it("suggests while somebody types, and takes what is chosen by keyboard", async () => {
    await field.fill("har");
    await page.getByRole("option", { name: "harbour 1,412 photos" }).waitFor();
    assert.equal(await field.getAttribute("aria-expanded"), "true");
    await field.press("ArrowDown");
    await field.press("ArrowDown");
    const chosen = page.getByRole("option", { selected: true });
    assert.match(await chosen.innerText(), /harbour/);
    const active = await field.getAttribute("aria-activedescendant");
    assert.equal(active, await chosen.getAttribute("id"));
    await field.press("Enter");
    await page.waitForURL("**/search?q=harbour");
    await page.getByRole("listbox", { name: "Suggestions" }).waitFor({ state: "hidden" });
  });

  it("suggests to who types on while it is asked", async () => {
    const one = await bench.visit("/recent");
    const field = one.page.getByRole("combobox");
    bench.server.fake.hold(/suggest/);
    const first = one.page.waitForRequest(/suggest/);
    await field.pressSequentially("h");
    await first;
    await field.pressSequentially("a");
    bench.server.fake.release();
    await one.page.getByRole("option").first().waitFor();
    one.assertNoComplaints();
    await one.context.close();
  });

  it("closes its suggestions with Escape and searches for what was typed with Enter", async () => {
    await field.fill("ha");
    await page.getByRole("option").first().waitFor();
    await field.press("Escape");
    assert.equal(await field.getAttribute("aria-expanded"), "false");
    await field.press("Enter");
    await page.waitForURL("**/search?q=ha");
  });

  it("goes to a person that is suggested", async () => {
    await field.fill("me");
    await page.getByRole("option", { name: /Mei Tan/ }).click();
    await page.waitForURL("**/@mei");
  });

  it("shows photos, people, tags and experts with their evidence", async () => {
    await page.goto("/search?q=harbour");
    await main(page).getByRole("link", { name: /Morning at the harbour/ }).first().waitFor();
    const kinds = page.getByRole("navigation", { name: "Kind of result" });
    await kinds.getByRole("link", { name: "Tags" }).click();
    await main(page).getByRole("link", { name: "#harbour 1,412 photos" }).waitFor();
    await kinds.getByRole("link", { name: "Experts" }).click();
    await main(page).getByRole("link", { name: "41 harbour photos, 6 this month" }).click();
    await page.waitForURL((url) => url.searchParams.get("q") === '"harbour" from:mei');
  });

  it("sorts by what is chosen", async () => {
    await page.goto("/search?q=harbour");
    await page.getByLabel("Sort by").selectOption("Most liked");
    await page.waitForURL("**/search?q=harbour&type=photos&sort=likes");
    assert.equal(await page.getByLabel("Sort by").inputValue(), "likes");
  });

  it("says what may have been meant", async () => {
    await page.goto("/search?q=gutar");
    await main(page).getByText("No photo has all of this").waitFor();
    await main(page).getByRole("link", { name: "guitar" }).click();
    await page.waitForURL("**/search?q=guitar&type=photos");
  });

  it("explains what is wrong with an operator, and what can be typed", async () => {
    await page.goto("/search?q=before:yesterday");
    await page.getByRole("alert").getByText("before: takes a day").waitFor();
    await main(page).getByRole("link", { name: "from:mei" }).click();
    await page.waitForURL((url) => /q=from%3Amei/.test(url.search));
  });
});
