// Theme and language: where members and visitors choose them, and that the choice stays.
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { main } from "../support/steps.mjs";
import { noPages, pagesBench, phone, settled } from "../support/visit.mjs";

const catalogues = join(import.meta.dirname, "../../../web/src/i18n");
const spoken = readdirSync(catalogues, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);
const only = spoken.length < 2 && "there is one language";

describe("the appearance", { skip: noPages }, () => {
  const bench = pagesBench();

  const shown = (page) =>
    page.evaluate(() => ({
      theme: document.documentElement.dataset.theme ?? "system",
      colour: getComputedStyle(document.documentElement).backgroundColor,
      cookie: document.cookie.match(/theme=(\w+)/)?.[1] ?? null,
    }));
  const light = "rgb(251, 250, 248)";
  const dark = "rgb(18, 18, 17)";

  for (const [who, path, member] of [
    ["a member", "/settings", true],
    ["a visitor", "/about", false],
  ]) {
    it(`is chosen by ${who} and stays`, async () => {
      const one = await bench.visit(path, { member, colorScheme: "light" });
      assert.deepEqual(await shown(one.page), { theme: "system", colour: light, cookie: null });
      await main(one.page).getByText("Dark", { exact: true }).click();
      const chosen = { theme: "dark", colour: dark, cookie: "dark" };
      assert.deepEqual(await shown(one.page), chosen);
      await one.page.goto("/recent");
      await settled(one.page);
      assert.deepEqual(await shown(one.page), chosen);
      await one.page.goto(path);
      await settled(one.page);
      assert.ok(await main(one.page).getByRole("radio", { name: "Dark" }).isChecked());
      await main(one.page).getByText("System", { exact: true }).click();
      assert.deepEqual(await shown(one.page), { theme: "system", colour: light, cookie: null });
      one.assertNoComplaints();
      await one.context.close();
    });
  }

  it("offers the languages that there are, and speaks the one that is chosen", async () => {
    const one = await bench.visit("/settings");
    const list = one.page.locator("#page-language");
    const codes = await list.locator("option").evaluateAll((all) => all.map(({ value }) => value));
    assert.deepEqual([...codes].sort(), [...spoken].sort());
    assert.equal(await list.inputValue(), "en");
    const asked = [];
    one.page.on("request", (request) => {
      if (request.method() === "PATCH") asked.push(request.postDataJSON());
    });
    for (const code of [...codes.filter((code) => code !== "en"), "en"]) {
      if ((await list.inputValue()) === code) continue;
      asked.length = 0;
      const loaded = one.page.waitForEvent("load");
      await list.selectOption(code);
      await loaded;
      await list.waitFor();
      assert.equal(await one.page.evaluate(() => document.documentElement.lang), code);
      assert.equal(await list.inputValue(), code);
      assert.deepEqual(asked, [{ language: code }]);
    }
    one.assertNoComplaints();
    await one.context.close();
  });

  it("keeps the language where it cannot be saved, and says why", { skip: only }, async () => {
    const one = await bench.visit("/settings");
    await one.page.route("**/v1/me", (route) =>
      route.request().method() === "PATCH"
        ? route.fulfill({
            status: 503,
            contentType: "application/problem+json",
            body: JSON.stringify({
              type: "about:blank",
              title: "Unavailable",
              status: 503,
              code: "unavailable",
              detail: "Try again in a moment.",
            }),
          })
        : route.fallback());
    const list = one.page.locator("#page-language");
    const other = await list.locator("option:not([value=en])").first().getAttribute("value");
    await list.selectOption(other);
    await one.page.locator(".field:has(#page-language) .error").waitFor();
    assert.equal(await list.inputValue(), "en");
    // The cookie follows the account, which still says English.
    assert.doesNotMatch(await one.page.evaluate(() => document.cookie), /\blang=(?!en\b)/);
    one.assertNoComplaints([503]);
    await one.context.close();
  });

  describe("follows the account", { skip: only }, () => {
    const german = async (page) => {
      await page.locator('html[lang="de"]').waitFor({ state: "attached" });
      await main(page).getByRole("heading", { name: "Einstellungen" }).waitFor();
      assert.match(await page.evaluate(() => document.cookie), /\blang=de\b/);
    };
    // Documents that were loaded from here on.
    const loads = (page) => {
      const all = [];
      page.on("domcontentloaded", () => all.push(page.url()));
      return all;
    };

    it("at log-in, on a device that has chosen none", async () => {
      const one = await bench.visit("/login?next=%2Fsettings", { member: false });
      bench.server.fake.changed = { me: { language: "de" } };
      await one.page.getByLabel("Handle or e-mail").fill("mei");
      await one.page.getByLabel("Password").first().fill("correct horse battery");
      await main(one.page).getByRole("button", { name: "Log in" }).click();
      await german(one.page);
      assert.equal(new URL(one.page.url()).pathname, "/settings");
      const later = loads(one.page);
      await one.page.goto("/settings");
      await german(one.page);
      assert.equal(later.length, 1);
      one.assertNoComplaints();
      await one.context.close();
    });

    it("where another device has changed it meanwhile, with the next page", async () => {
      const one = await bench.visit("/settings");
      bench.server.fake.changed = { me: { language: "de" } };
      const later = loads(one.page);
      await one.page.goto("/settings");
      await german(one.page);
      assert.equal(later.length, 2);
      one.assertNoComplaints();
      await one.context.close();
    });

    it("but for a browser that keeps no cookie, which is not asked for ever", async () => {
      const one = await bench.visit("/about", { member: false });
      await one.context.addInitScript(() =>
        Object.defineProperty(document, "cookie", { get: () => "", set: () => {} }));
      bench.server.fake.changed = { me: { language: "de" } };
      const later = loads(one.page);
      await one.context.addInitScript(() => {
        if (location.protocol === "http:") localStorage.setItem("picsharz-signed-in", "1");
      });
      bench.server.fake.signedIn = true;
      await one.page.goto("/settings");
      await main(one.page).getByRole("heading", { name: "Settings", exact: true }).waitFor();
      await settled(one.page);
      assert.equal(later.length, 1);
      await one.context.close();
    });
  });

  it("speaks to visitors, too, and asks no server to keep it", { skip: only }, async () => {
    const one = await bench.visit("/about", { member: false });
    const list = one.page.locator("#page-language");
    const other = await list.locator("option:not([value=en])").first().getAttribute("value");
    const asked = [];
    one.page.on("request", (request) => {
      if (request.method() !== "GET") asked.push(request.url());
    });
    const loaded = one.page.waitForEvent("load");
    await list.selectOption(other);
    await loaded;
    await one.page.goto("/login");
    await settled(one.page);
    assert.equal(await one.page.evaluate(() => document.documentElement.lang), other);
    assert.deepEqual(asked, []);
    one.assertNoComplaints();
    await one.context.close();
  });

  for (const [what, options] of [["a phone", phone], ["a screen", {}]]) {
    it(`is found from every page by a visitor on ${what}`, async () => {
      for (const path of ["/recent", "/login", "/photo/7000"]) {
        const one = await bench.visit(path, { ...options, member: false });
        await one.page.getByRole("link", { name: "About", exact: true }).click();
        await main(one.page).getByRole("group", { name: "Theme" }).waitFor();
        await one.page.locator("#page-language").waitFor();
        one.assertNoComplaints();
        await one.context.close();
      }
    });
  }
});
