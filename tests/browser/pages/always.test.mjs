// What is there on every page, against the fake server: the theme that was chosen, the keys and
// their list, and what is said for a moment after something was saved, with the way back.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { noPages, pagesBench } from "../support/visit.mjs";

describe("every page", { skip: noPages }, () => {
  const bench = pagesBench();

  const looks = (page) =>
    page.evaluate(() => ({
      background: getComputedStyle(document.documentElement).backgroundColor,
      scheme: getComputedStyle(document.documentElement).colorScheme,
      around: document.querySelector('meta[name="theme-color"]').content.toLowerCase(),
    }));
  const light = { background: "rgb(251, 250, 248)", scheme: "light", around: "#fbfaf8" };
  const dark = { background: "rgb(18, 18, 17)", scheme: "dark", around: "#121211" };

  for (const colorScheme of ["light", "dark"]) {
    it(`is as somebody chose, whatever the system's theme (${colorScheme})`, async () => {
      const one = await bench.visit("/settings", { colorScheme });
      const system = { ...(colorScheme === "dark" ? dark : light), around: light.around };
      assert.deepEqual(await looks(one.page), system);
      const [other, name] = colorScheme === "dark" ? [light, "Light"] : [dark, "Dark"];
      await one.page.getByText(name, { exact: true }).click();
      assert.deepEqual(await looks(one.page), other);
      await one.page.goto("/recent"); // another document: the cookie says it
      await one.page.waitForSelector("main h1");
      assert.deepEqual(await looks(one.page), other);
      await one.page.goto("/settings");
      assert.equal(await one.page.getByRole("radio", { name }).isChecked(), true);
      await one.page.getByText("System", { exact: true }).click();
      assert.deepEqual(await looks(one.page), system);
      assert.deepEqual(
        (await one.context.cookies()).filter(({ name: cookie }) => cookie === "theme"),
        [],
      );
      one.assertNoComplaints();
      await one.context.close();
    });
  }

  it("is led by keys, but not while somebody types", async () => {
    const one = await bench.visit("/recent");
    await one.page.keyboard.press("/");
    const field = one.page.getByRole("combobox");
    assert.equal(await field.evaluate((node) => node === document.activeElement), true);
    await one.page.keyboard.type("/u?gh");
    assert.equal(await field.inputValue(), "/u?gh");
    assert.equal(new URL(one.page.url()).pathname, "/recent");
    await one.page.locator("main").focus();
    await one.page.keyboard.press("u");
    await one.page.getByRole("heading", { level: 1, name: "Upload" }).waitFor();
    await one.page.keyboard.press("g");
    await one.page.keyboard.press("h");
    await one.page.waitForURL((url) => url.pathname === "/");
    one.assertNoComplaints();
    await one.context.close();
  });

  it("shows the keys there are, and closes the list with Escape", async () => {
    const one = await bench.visit("/recent");
    await one.page.keyboard.press("?");
    const list = one.page.getByRole("dialog", { name: "Keys" });
    await list.waitFor();
    const keys = await list.locator("dt").allInnerTexts();
    for (const key of ["/", "u", "j", "k", "?", "g\nh"]) assert.ok(keys.includes(key), key);
    await one.page.keyboard.press("Escape");
    await list.waitFor({ state: "hidden" });
    await one.page.evaluate(() => localStorage.setItem("picsharz-keys", "off"));
    await one.page.keyboard.press("?");
    assert.equal(await list.isVisible(), false);
    one.assertNoComplaints();
    await one.context.close();
  });

  it("asks once for a list that cannot be had, and again when somebody wants it", async () => {
    const one = await bench.visit("/recent");
    let asked = 0;
    await one.page.route(/\/v1\/notifications(\?|$)/, (route) => {
      asked += 1;
      return route.fulfill({ status: 500, body: "" });
    });
    await one.page.goto("/activity");
    const again = one.page.getByRole("button", { name: "Try again" });
    await again.waitFor();
    await one.page.evaluate(() => new Promise((done) => setTimeout(done, 100)));
    assert.equal(asked, 1);
    const answered = one.page.waitForResponse(/\/v1\/notifications(\?|$)/);
    await again.click();
    await answered;
    await again.waitFor();
    assert.equal(asked, 2);
    one.assertNoComplaints([500]);
    await one.context.close();
  });

  it("says what was saved, takes it back, and says no more after a while", async () => {
    const one = await bench.visit("/settings");
    await one.page.clock.install();
    const field = one.page.getByLabel("Country");
    const before = await field.inputValue();
    const asked = [];
    one.page.on("request", (request) => {
      if (request.method() === "PATCH") asked.push(request.postDataJSON());
    });
    await field.selectOption("DE");
    const messages = one.page.getByRole("group", { name: "Messages" });
    await messages.getByText("Country: saved.").waitFor();
    await one.page.getByRole("button", { name: "Undo" }).click();
    const said = messages.getByText("put back as it was.");
    await said.waitFor();
    assert.equal(await field.inputValue(), before);
    assert.deepEqual(asked, [{ country: "DE" }, { country: before }]);
    await one.page.mouse.move(0, 0);
    await one.page.locator("main").focus();
    await one.page.clock.fastForward(11_000);
    await said.waitFor({ state: "hidden" });
    one.assertNoComplaints();
    await one.context.close();
  });
});
