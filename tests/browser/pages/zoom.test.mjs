// Pages at 400 %, which is a window of 320 by 256 px, and with text of twice its size.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { places } from "../support/places.mjs";
import { noPages, open, pagesBench, somebody, tooWide } from "../support/visit.mjs";

// Scrolls to each control of the page, as the focus does, and gives those that something else lies
// over, or that cannot be scrolled to.
const covered = (page) =>
  page.evaluate(async () => {
    const wanted = "a[href], button, input, select, textarea, summary";
    const within = document.querySelector("dialog[open]") ?? document;
    const hidden = (node) => {
      const { width, height } = node.getBoundingClientRect();
      const cut = getComputedStyle(node).clipPath !== "none"; // the skip link, until it is used
      return cut || width < 2 || height < 2 || !node.checkVisibility({ visibilityProperty: true });
    };
    const all = [...within.querySelectorAll(wanted)].filter((node) => !hidden(node));
    const faults = [];
    for (const node of all.slice(0, 80)) {
      if (node.disabled || !node.isConnected) continue;
      node.scrollIntoView({ block: "center", inline: "center", behavior: "instant" });
      const box = [...node.getClientRects()].find(({ width, height }) => width > 0 && height > 0);
      if (!box) continue; // the list that it was of has given way
      const [x, y] = [box.left + box.width / 2, box.top + box.height / 2];
      // Of what is higher than the window the middle is seen.
      const there = document.elementFromPoint(x, y);
      const same = there && (node.contains(there) || there.contains(node) ||
        there.closest("label")?.control === node || there.closest("li, label")?.contains(node));
      if (!same) {
        const by = there ? `${there.tagName}.${there.className}` : "nothing";
        faults.push(`${node.tagName} ${node.textContent.trim().slice(0, 30)}: ${by}`);
      }
    }
    return { faults, count: all.length };
  });

// Boxes whose words do not fit into them, and that do not scroll.
const clipped = (page) =>
  page.evaluate(() => {
    const faults = [];
    for (const node of document.querySelectorAll("body *")) {
      const style = getComputedStyle(node);
      const clips = ["hidden", "clip"].includes(style.overflowY);
      if (!clips || style.webkitLineClamp !== "none") continue;
      if (node.clientHeight < 4 || !node.textContent.trim() || !node.checkVisibility()) continue;
      if (node.scrollHeight > node.clientHeight + 4) {
        faults.push(`${node.tagName}.${node.className}: ${node.textContent.trim().slice(0, 30)}`);
      }
    }
    return faults;
  });

const twice = (page) =>
  page.evaluate(async () => {
    document.documentElement.style.fontSize = "200%"; // by script, which the policy allows
    for (let frame = 0; frame < 3; frame += 1) await new Promise(requestAnimationFrame);
  });

describe("large", { skip: noPages }, () => {
  const bench = pagesBench();

  for (const member of [false, true]) {
    describe(member ? "to a member" : "to a visitor", () => {
      let one;
      before(async () => {
        const viewport = { width: 320, height: 256 };
        const options = { member, viewport, reducedMotion: "reduce" };
        one = await somebody(bench.browser, bench.server, "zoom", options);
      });
      after(() => one?.context.close());

      for (const place of places.filter((each) => each.member === member)) {
        it(`${place.name} at 400 %: as wide as its window, each control to be had`, async () => {
          bench.server.fake.tiny = true;
          await open(bench.server, one, place);
          assert.equal(await tooWide(one.page), 0);
          const { faults, count } = await covered(one.page);
          assert.deepEqual(faults, []);
          assert.ok(count > 2);
        });

        it(`${place.name} with text of twice its size`, async () => {
          bench.server.fake.tiny = true;
          await one.page.setViewportSize({ width: 1280, height: 768 });
          await open(bench.server, one, place);
          await twice(one.page);
          assert.equal(await tooWide(one.page), 0);
          assert.deepEqual(await clipped(one.page), []);
          await one.page.setViewportSize({ width: 320, height: 256 });
        });
      }
    });
  }

  it("would be found wanting: a control below a lid, words in too small a box", async () => {
    const one = await bench.visit("/terms", {
      member: false, viewport: { width: 320, height: 256 },
    });
    await one.page.evaluate(() => {
      const lid = document.createElement("div");
      lid.style.cssText = "position: fixed; inset: 0; z-index: 99";
      const box = document.createElement("p");
      box.textContent = "words ".repeat(20);
      box.style.cssText = "width: 100px; height: 20px; overflow: hidden";
      document.body.append(lid, box);
    });
    assert.ok((await covered(one.page)).faults.length > 0);
    assert.equal((await clipped(one.page)).length, 1);
    await one.context.close();
  });
});
