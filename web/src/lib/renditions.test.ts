import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { extent, srcset } from "./renditions";

describe("renditions", () => {
  it("have the server's extents", () => {
    assert.deepEqual(extent(4032, 3024, 640), { width: 640, height: 480 });
    assert.deepEqual(extent(1000, 4000, 320), { width: 160, height: 640 });
    assert.deepEqual(extent(6000, 1500, 640), { width: 853, height: 213 });
    assert.deepEqual(extent(20000, 1000, 320), { width: 1280, height: 64 });
    assert.deepEqual(extent(200, 100, 1280), { width: 200, height: 100 });
  });
  it("are named by their width in srcset", () => {
    const urls = { 320: "/media/1/320?s=a", 1280: "/media/1/1280?s=b" };
    const expected = "/media/1/320?s=a 320w, /media/1/1280?s=b 1280w";
    assert.equal(srcset({ width: 3000, height: 2000, urls }), expected);
    assert.equal(srcset({ width: 3000, height: 2000, urls: {} }), "");
  });
});
