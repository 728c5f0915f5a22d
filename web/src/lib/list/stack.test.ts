import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Stack } from "./stack";

describe("a stack", () => {
  it("lays blocks below each other as they are estimated, and as they are measured", () => {
    const stack = new Stack(48);
    stack.extend(3, (block) => 100 * (block + 1));
    assert.deepEqual([0, 1, 2].map((block) => stack.top(block)), [0, 148, 396]);
    assert.equal(stack.size, 696);
    assert.equal(stack.measure(1, 250.5), true);
    assert.equal(stack.measure(1, 250.5), false);
    assert.deepEqual([0, 1, 2].map((block) => stack.top(block)), [0, 148, 446.5]);
    stack.extend(4, () => 10);
    assert.equal(stack.top(3), 446.5 + 300 + 48);
    assert.equal(stack.measure(7, 10), false, "it is not there");
    assert.equal(new Stack(48).size, 0);
  });

  it("finds blocks by height and by item", () => {
    const stack = new Stack(10);
    stack.extend(1000, () => 90);
    assert.deepEqual([-5, 0, 99, 100, 1e9].map((y) => stack.blockAt(y)), [0, 0, 0, 1, 999]);
    assert.equal(stack.blockOf(1200), 999);
    assert.equal(stack.first(stack.blockOf(7)), 7);
  });
});
