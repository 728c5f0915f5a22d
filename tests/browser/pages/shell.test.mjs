// What stands round every page.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { noPages, pagesBench, phone } from "../support/visit.mjs";

describe("the shell", { skip: noPages }, () => {
  const bench = pagesBench();

  for (const [what, options] of [["a phone", phone], ["a screen", {}]]) {
    it(`has one bell on ${what}`, async () => {
      const one = await bench.visit("/", options);
      const bells = one.page.getByRole("link", { name: /^Activity/ });
      assert.equal(await bells.count(), 1);
      await one.context.close();
    });
  }

  // A browser that finds this in the first line compiles the whole beside what it draws.
  it("is compiled at once", async () => {
    const one = await bench.visit("/recent");
    const modules = await one.page.evaluate(() =>
      [...document.querySelectorAll("script[type=module][src], link[rel=modulepreload]")]
        .map(({ src, href }) => src || href)
        .concat(performance.getEntriesByType("resource").map(({ name }) => name)));
    for (const part of ["index", "photos"]) {
      const url = modules.find((each) => each.includes(`/assets/${part}-`) && /js$/.test(each));
      const text = await (await one.page.request.get(url)).text();
      assert.equal(text.split("\n")[0], "//# allFunctionsCalledOnLoad", part);
    }
    await one.context.close();
  });

  for (const [who, options, width] of [
    ["a member", {}, 390],
    ["a member", {}, 1440],
    ["a visitor", { member: false }, 390],
    ["a visitor", { member: false }, 1440],
  ]) {
    it(`has targets of 44 px for ${who} at ${width} px`, async () => {
      const one = await bench.visit("/recent", { ...options, viewport: { width, height: 800 } });
      const all = one.page.locator(":is(.rail, .bar) :is(a, button, input):visible");
      const boxes = await all.evaluateAll((nodes) =>
        nodes.map((node) => {
          const { width, height } = node.getBoundingClientRect();
          return { what: node.textContent.trim(), width, height };
        }));
      assert.ok(boxes.length >= 5, String(boxes.length));
      assert.deepEqual(boxes.filter(({ width, height }) => width < 44 || height < 44), []);
      one.assertNoComplaints();
      await one.context.close();
    });
  }

  it("marks where somebody is, once", async () => {
    const one = await bench.visit("/recent");
    const marked = one.page.locator(".rail [aria-current]");
    for (const [path, name] of [
      ["/popular", "Explore"],
      ["/settings/security", "Settings"],
      ["/moderation", "Moderation"],
      ["/help", "Help"],
    ]) {
      await one.page.goto(path);
      await one.page.locator("main h1").waitFor();
      assert.equal(await marked.count(), 1, path);
      assert.match(await marked.innerText(), new RegExp(name));
    }
    await one.page.goto("/photo/7000");
    await one.page.locator("main h1").waitFor();
    assert.equal(await marked.count(), 0);
    one.assertNoComplaints();
    await one.context.close();
  });

  it("says in words what it is pointed at, and Esc puts them away", async () => {
    const one = await bench.visit("/recent");
    const home = one.page.locator(".rail").getByRole("link", { name: "Home" });
    const clip = () =>
      home.locator(".word").evaluate((node) => getComputedStyle(node).clipPath);
    assert.notEqual(await clip(), "none");
    await home.hover();
    assert.equal(await clip(), "none");
    await one.page.keyboard.press("Escape");
    assert.notEqual(await clip(), "none");
    await one.page.mouse.move(600, 400);
    await one.page.keyboard.press("Tab");
    await home.focus();
    assert.equal(await clip(), "none");
    one.assertNoComplaints();
    await one.context.close();
  });

  it("fits into a low window, where the last of the rail is still reached", async () => {
    const one = await bench.visit("/recent", { viewport: { width: 1100, height: 420 } });
    const last = one.page.locator(".rail").getByRole("link", { name: "Settings" });
    await last.scrollIntoViewIfNeeded();
    const box = await last.boundingBox();
    assert.ok(box.y >= 0 && box.y + box.height <= 420, `it is at ${box.y}`);
    await last.click();
    await one.page.waitForURL("**/settings");
    one.assertNoComplaints();
    await one.context.close();
  });
});
