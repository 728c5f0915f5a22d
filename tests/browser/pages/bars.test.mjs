// The bars of the shell: on narrow windows the way through the application lies at the bottom, on
// wide ones at the top, and never in both places.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { noPages, pagesBench, tooWide } from "../support/visit.mjs";

describe("the bars", { skip: noPages }, () => {
  const bench = pagesBench();

  for (const [width, bottom] of [[390, true], [768, true], [1079, true], [1080, false]]) {
    it(`are ${bottom ? "at the bottom" : "at the top"} of ${width} px`, async () => {
      const one = await bench.visit("/recent", { viewport: { width, height: 800 } });
      const nav = (name) => one.page.getByRole("navigation", { name });
      assert.equal(await nav("Bottom").isVisible(), bottom);
      const upload = nav("Main").getByRole("link", { name: "Upload" });
      assert.equal(await upload.isVisible(), !bottom);
      assert.ok(await nav("Main").getByRole("link", { name: "Settings" }).isVisible());
      assert.equal(await tooWide(one.page), 0);
      // Nothing of the page's end is behind a bar.
      await one.page.goto("/settings");
      await one.page.locator("main h1").waitFor();
      const covered = await one.page.evaluate(() => {
        scrollTo(0, document.documentElement.scrollHeight);
        const bar = document.querySelector("nav[aria-label=Bottom]").getBoundingClientRect();
        const buttons = [...document.querySelectorAll("main button, main a")];
        const last = buttons.at(-1).getBoundingClientRect();
        return bar.height > 0 && last.bottom > bar.top;
      });
      assert.equal(covered, false);
      one.assertNoComplaints();
      await one.context.close();
    });
  }

  it("fit in a language that takes more room", async () => {
    for (const width of [390, 768, 1080, 1440]) {
      const one = await bench.visit("/recent", { viewport: { width, height: 800 } });
      const { hostname } = new URL(bench.server.address);
      await one.context.addCookies([{ name: "lang", value: "en-XA", domain: hostname, path: "/" }]);
      await one.page.reload();
      await one.page.locator("main h1").waitFor();
      assert.match(await one.page.locator("main h1").textContent(), /⟦/);
      assert.equal(await tooWide(one.page), 0, `${width} px`);
      await one.context.close();
    }
  });
});
