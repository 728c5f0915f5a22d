import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { icons } from "./icons";

describe("icons", () => {
  it("are at most forty, each one path that stays in its square", () => {
    const all = Object.entries(icons);
    assert.ok(all.length <= 40, String(all.length));
    for (const [name, path] of all) {
      assert.match(path, /^M[\d\s.,MLlHhVvAaCcSsQqZz-]+$/, name);
      for (const [, x, y] of path.matchAll(/M(-?[\d.]+)[ ,](-?[\d.]+)/g)) {
        for (const at of [Number(x), Number(y)]) assert.ok(at >= 1 && at <= 23, `${name}: ${at}`);
      }
    }
    assert.equal(new Set(all.map(([, path]) => path)).size, all.length);
  });
});
