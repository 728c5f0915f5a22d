// The twelve screens are drawn: each in both themes and at three widths, none wider than its
// window. Whether they are beautiful is for eyes; test-results/screens/signoff/ is for those.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { PNG } from "pngjs";
import { all, difference, draw, folder, waiting } from "../signoff.mjs";
import { noPages } from "../support/visit.mjs";

// Not built yet; whoever adds the route takes it off.
const notYet = ["viewer"];

describe("the twelve screens", { skip: noPages }, () => {
  it("are twelve, and wait for nothing but what is not built", () => {
    assert.equal(all.length, 12);
    assert.deepEqual(waiting(), notYet);
  });

  it("are drawn in every form, and fit it", async () => {
    const list = all.filter(({ name }) => !notYet.includes(name));
    const made = [];
    const complaints = await draw(list, folder, (picture) => made.push(picture));
    assert.deepEqual(made.filter(({ wide }) => wide > 0), []);
    for (const { name, file } of made) {
      const { width } = PNG.sync.read(readFileSync(file));
      assert.equal(width, Number(/-(\d+)-\w+$/.exec(name)[1]), name);
    }
    assert.equal(made.length, list.length * 7); // six forms, and the end on a phone
    assert.equal(new Set(made.map(({ file }) => file)).size, made.length);
    const own = complaints.filter((text) => !/status of 422/.test(text));
    assert.deepEqual(own, []);
  });

  it("are compared by the share of their pixels", () => {
    const picture = (width, height, dark) => {
      const png = new PNG({ width, height });
      png.data.fill(255);
      for (let at = 0; at < dark * 4; at += 4) png.data.fill(0, at, at + 3);
      return PNG.sync.write(png);
    };
    assert.equal(difference(picture(10, 10, 0), picture(10, 10, 0)), 0);
    assert.equal(difference(picture(10, 10, 0), picture(10, 10, 5)), 0.05);
    assert.equal(difference(picture(10, 10, 0), picture(10, 11, 0)), 1);
  });
});
