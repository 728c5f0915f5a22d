import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { scrolled, still, type Hiding } from "./hiding";

function walk(...places: number[]): boolean[] {
  let state: Hiding = still;
  let from = 0;
  return places.map((to) => {
    state = scrolled(state, from, to, 56, 800);
    from = to;
    return state.away;
  });
}

describe("the bars", () => {
  it("leave on the way down and come back on the way up", () => {
    assert.deepEqual(walk(100, 200, 300, 280), [true, true, true, false]);
  });
  it("stay where they belong to the top of the page", () => {
    assert.deepEqual(walk(20, 56, 57, 66), [false, false, false, true]);
    assert.deepEqual(walk(300, 40), [true, false]);
  });
  it("do not tremble", () => {
    assert.deepEqual(walk(300, 293, 300, 293, 291), [true, true, true, true, false]);
    assert.deepEqual(walk(300, 280, 284, 288, 289), [true, false, false, false, true]);
  });
  it("do not take a leap for scrolling", () => {
    assert.deepEqual(walk(5000, 5004), [false, false]);
    assert.deepEqual(walk(300, 5000, 4000, 3995, 3991), [true, true, true, true, false]);
  });
});
