import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { avifSrcset, extent, srcset } from "./renditions";

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
    assert.equal(
      srcset({ width: 2000, height: 1000, urls: { 2048: "/media/1/2048?s=c" } }),
      "/media/1/2048?s=c 2000w",
    );
  });
  it("are offered as AVIF where they are there", () => {
    const urls = { 640: "/media/1/640?s=a", "640.avif": "/media/1/640.avif?s=b" };
    const photo = { width: 3000, height: 2000, urls };
    assert.equal(avifSrcset(photo), "/media/1/640.avif?s=b 640w");
    assert.equal(srcset(photo), "/media/1/640?s=a 640w");
    assert.equal(avifSrcset({ ...photo, urls: {} }), "");
  });
});
