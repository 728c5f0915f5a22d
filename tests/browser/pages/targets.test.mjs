// What is pressed is large enough: 24 px for everything, 44 px for our own controls and the bars.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { places } from "../support/places.mjs";
import { noPages, open, pagesBench, phone, somebody } from "../support/visit.mjs";

// Those that are smaller. Words of a sentence that lead somewhere are as high as their line; what
// belongs to a label is pressed by that as well.
const small = (page) =>
  page.evaluate(() => {
    const ours = ".button, body > header a, header > nav a, nav a, .bottom a, dialog header button";
    const inSentence = (node) => {
      if (getComputedStyle(node).display !== "inline") return false;
      const words = (one) => one.textContent.replace(/\s+/g, "");
      return words(node.closest("p, li, dd, span, label, h1, h2, td") ?? node) !== words(node);
    };
    const faults = [];
    const wanted = "a[href], button, input, select, textarea, summary";
    for (const node of document.querySelectorAll(wanted)) {
      if (!node.checkVisibility({ visibilityProperty: true })) continue;
      const box = node.getBoundingClientRect();
      if (box.width < 2 || box.height < 2 || getComputedStyle(node).clipPath !== "none") continue;
      if (inSentence(node)) continue;
      const label = ["checkbox", "radio", "file"].includes(node.type) && node.closest("label");
      const { width, height } = (label || node).getBoundingClientRect();
      const least = node.matches(ours) ? 44 : 24;
      if (height >= least - 0.5 && width >= least - 0.5) continue;
      // A tab may be narrow where its word is.
      if (node.matches("nav a") && height >= 43.5 && width >= 24) continue;
      const said = node.textContent.trim().slice(0, 30) || node.ariaLabel || node.name;
      faults.push(`${node.tagName}.${node.className} ${said}: ${Math.round(width)} by ` +
        `${Math.round(height)}`);
    }
    return faults;
  });

describe("targets", { skip: noPages }, () => {
  const bench = pagesBench();

  for (const member of [false, true]) {
    describe(member ? "of a member" : "of a visitor", () => {
      let one;
      before(async () => {
        one = await somebody(bench.browser, bench.server, "targets", { member, ...phone });
      });
      after(() => one?.context.close());

      for (const place of places.filter((each) => each.member === member)) {
        it(`${place.name} has none that is too small`, async () => {
          bench.server.fake.tiny = true;
          await open(bench.server, one, place);
          assert.deepEqual(await small(one.page), []);
          await one.page.setViewportSize({ width: 1440, height: 900 });
          assert.deepEqual(await small(one.page), []);
          await one.page.setViewportSize(phone.viewport);
        });
      }
    });
  }

  it("would be found wanting", async () => {
    const one = await bench.visit("/terms", { member: false });
    await one.page.evaluate(() => {
      const button = document.createElement("button");
      button.textContent = "x";
      button.style.cssText = "width: 20px; height: 20px";
      document.querySelector("main").append(button);
    });
    assert.equal((await small(one.page)).length, 1);
    await one.context.close();
  });
});
