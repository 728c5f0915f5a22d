import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { gib, typedQuota } from "./members";

describe("A quota as it is typed", () => {
  it("is GiB, with a point or a comma", () => {
    assert.equal(typedQuota("10"), 10 * gib);
    assert.equal(typedQuota(" 0.5 "), gib / 2);
    assert.equal(typedQuota("1,5"), 1.5 * gib);
    assert.equal(typedQuota("0"), 0);
  });

  it("is what everybody has where nothing is typed", () => {
    assert.equal(typedQuota("  "), null);
  });

  it("is nothing where it is no number", () => {
    for (const wrong of ["ten", "-1", "1e3", "1.2.3", "0x10"]) {
      assert.ok(Number.isNaN(typedQuota(wrong)), wrong);
    }
  });
});
