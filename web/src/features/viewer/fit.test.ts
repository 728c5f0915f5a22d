import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { boxOf, fitOf } from "./fit";

const urls = { "320": "/a", "640": "/b", "1280": "/c", "2048": "/d", "1280.avif": "/e" };
const photo = { width: 4000, height: 3000, urls };

describe("how a photo fits", () => {
  it("is as large as the stage, and never larger than it is", () => {
    assert.deepEqual(fitOf(photo, { width: 400, height: 800 }), { width: 400, height: 300 });
    assert.deepEqual(fitOf(photo, { width: 2000, height: 600 }), { width: 800, height: 600 });
    const small = { width: 200, height: 100, urls: {} };
    assert.deepEqual(fitOf(small, { width: 400, height: 800 }), { width: 200, height: 100 });
  });

  it("comes as near as its largest rendition has pixels, at least twice", () => {
    const phone = boxOf(photo, { width: 400, height: 800 }, 2);
    assert.equal(phone.near, 2048 / 2 / 400);
    assert.equal(phone.most, phone.near);
    const dense = boxOf(photo, { width: 800, height: 800 }, 1.9);
    assert.deepEqual([dense.near, dense.most], [2048 / 1.9 / 800, 2]);
  });

  it("is twice as large where its pixels are seen already", () => {
    const wide = boxOf(photo, { width: 2500, height: 2500 }, 1);
    assert.deepEqual([wide.near, wide.most], [2, 2]);
    const nothing = boxOf({ ...photo, urls: {} }, { width: 0, height: 0 }, 1);
    assert.deepEqual([nothing.near, nothing.most], [2, 2]);
  });
});
