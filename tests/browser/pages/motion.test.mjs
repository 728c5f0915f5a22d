// Where somebody asks for less motion, nothing moves; and in forced colours everything is seen.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { quiet } from "../support/quiet.mjs";
import { main } from "../support/steps.mjs";
import { noPages, pagesBench, phone } from "../support/visit.mjs";

describe("less motion", { skip: noPages }, () => {
  const bench = pagesBench();

  // Counts the view transitions of the page.
  const count = () => {
    window.transitions = 0;
    const start = Document.prototype.startViewTransition;
    Document.prototype.startViewTransition = function counted(...given) {
      window.transitions += 1;
      return start?.apply(this, given);
    };
  };

  // What runs now, and whatever began since it was asked for the first time.
  const moving = (page) =>
    page.evaluate(() =>
      document.getAnimations().map((one) => {
        const { target, pseudoElement } = one.effect;
        return `${target?.tagName}.${target?.className}${pseudoElement ?? ""} ` +
          `${one.animationName ?? one.transitionProperty}`;
      }),
    );

  async function still(page, after) {
    assert.deepEqual(await moving(page), [], after);
    assert.equal(await page.evaluate(() => window.transitions), 0, after);
  }

  async function visit(path, options = {}) {
    const one = await bench.visit("/recent", { reducedMotion: "reduce", ...options });
    await one.context.addInitScript(count);
    await one.page.goto(path);
    await main(one.page).getByRole("heading", { level: 1 }).first().waitFor({ state: "attached" });
    await quiet(one.page);
    return one;
  }

  it("moves nothing when pages open, and when a photo is liked", async () => {
    const one = await visit("/");
    await still(one.page, "open");
    await main(one.page).getByRole("button", { name: "Like", exact: true }).first().click();
    await still(one.page, "like");
    await one.page.goto("/recent");
    const first = main(one.page).locator("li[data-block] a").first();
    await first.waitFor();
    await first.hover();
    await still(one.page, "hover");
    await first.click();
    await one.page.waitForURL("**/photo/*");
    await still(one.page, "a photo");
    await main(one.page).getByRole("link", { name: "View it alone" }).click();
    await one.page.locator("dialog.viewer").waitFor();
    await still(one.page, "the viewer");
    await one.page.keyboard.press("Escape");
    await one.page.locator("dialog.viewer").waitFor({ state: "detached" });
    await still(one.page, "the viewer is closed");
    await one.context.close();
  });

  it("moves nothing when a message or a sheet comes", async () => {
    const one = await visit("/photo/7000/view", phone);
    await one.page.locator("dialog.viewer .inform").press("Enter");
    await one.page.locator("dialog.viewer dialog, dialog:not(.viewer)[open]").first().waitFor();
    await still(one.page, "a sheet");
    await one.page.goto("/");
    await main(one.page).getByRole("button", { name: "Save", exact: true }).first().click();
    await one.page.getByRole("group", { name: "Messages" }).getByRole("status").first()
      .waitFor({ state: "attached" });
    await still(one.page, "a message");
    await one.page.keyboard.press("?");
    await one.page.getByRole("dialog").waitFor();
    await still(one.page, "the keys");
    await one.context.close();
  });

  it("would be found where something moves", async () => {
    const one = await visit("/recent");
    await one.page.evaluate(() => {
      document.querySelector("main").animate([{ opacity: 0 }, { opacity: 1 }], 60_000);
    });
    assert.equal((await moving(one.page)).length, 1);
    await one.context.close();
  });
});

describe("forced colours", { skip: noPages }, () => {
  const bench = pagesBench();

  for (const path of ["/", "/photo/7000", "/settings", "/upload"]) {
    it(`show the controls of ${path}, and where the focus is`, async () => {
      const one = await bench.visit(path, { forcedColors: "active" });
      // What is pressed has an edge, or words or a sign in a colour that is not the background's.
      const unseen = await one.page.evaluate(() => {
        const nodes = [...document.querySelectorAll("a.button, button, input, select, textarea")];
        return nodes.filter((node) => node.checkVisibility()).filter((node) => {
          const { borderTopWidth, color, fill, backgroundColor } = getComputedStyle(node);
          const edge = parseFloat(borderTopWidth) > 0;
          return !edge && color === backgroundColor && fill === backgroundColor;
        }).map((node) => node.outerHTML.slice(0, 80));
      });
      assert.deepEqual(unseen, []);
      for (let step = 0; step < 12; step += 1) {
        await one.page.keyboard.press("Tab");
        const ring = await one.page.evaluate(() => {
          const style = getComputedStyle(document.activeElement);
          const near = getComputedStyle(document.activeElement.closest("label") ??
            document.activeElement);
          return [style, near].some(({ outlineStyle, outlineWidth }) =>
            outlineStyle !== "none" && parseFloat(outlineWidth) >= 2);
        });
        assert.ok(ring, `step ${step} has a ring`);
      }
      await one.context.close();
    });
  }
});
