import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { between, grown, joined } from "./range";
import { Stack } from "./stack";

// Blocks of 100 px, 10 px apart.
function stack(count: number): Stack {
  const made = new Stack(10);
  made.extend(count, () => 100);
  return made;
}

describe("what is drawn of a list", () => {
  it("is what lies between two heights, the blocks at the edges with it", () => {
    const blocks = stack(50);
    assert.deepEqual(between(blocks, 0, 800), { from: 0, to: 8 });
    assert.deepEqual(between(blocks, 105, 215), { from: 0, to: 2 }); // a gap is the block's above
    assert.deepEqual(between(blocks, -500, -100), { from: 0, to: 1 });
    assert.deepEqual(between(blocks, 5400, 9000), { from: 49, to: 50 });
    assert.deepEqual(between(stack(0), 0, 800), { from: 0, to: 0 });
  });

  it("stays drawn as far as it belongs to what is wanted", () => {
    const [seen, goal] = [{ from: 20, to: 25 }, { from: 10, to: 40 }];
    assert.deepEqual(joined({ from: 15, to: 30 }, seen, goal), { from: 15, to: 30 });
    assert.deepEqual(joined({ from: 5, to: 22 }, seen, goal), { from: 10, to: 25 });
    assert.deepEqual(joined({ from: 22, to: 60 }, seen, goal), { from: 20, to: 40 });
    assert.deepEqual(joined({ from: 0, to: 0 }, seen, { from: 0, to: 40 }), seen);
  });

  it("is nothing of before where there is a hole between", () => {
    const [seen, goal] = [{ from: 20, to: 25 }, { from: 10, to: 40 }];
    assert.deepEqual(joined({ from: 11, to: 19 }, seen, goal), seen);
    assert.deepEqual(joined({ from: 26, to: 38 }, seen, goal), seen);
  });

  it("grows in steps up to what is wanted, and not beyond", () => {
    const blocks = stack(50);
    const goal = { from: 10, to: 40 };
    let range = { from: 20, to: 25 };
    assert.deepEqual(grown(blocks, range, goal, 0), range);
    const steps = [];
    for (let step = 0; step < 6; step += 1) {
      range = grown(blocks, range, goal, 400);
      steps.push([range.from, range.to]);
    }
    assert.deepEqual(steps, [[16, 29], [12, 33], [10, 37], [10, 40], [10, 40], [10, 40]]);
  });

  it("grows by one block where these are higher than a step", () => {
    const blocks = new Stack(10);
    blocks.extend(9, () => 2000);
    const goal = { from: 0, to: 9 };
    assert.deepEqual(grown(blocks, { from: 4, to: 5 }, goal, 400), { from: 3, to: 6 });
  });

  it("grows also in a window that is lower than what is between two blocks", () => {
    const [blocks, goal] = [stack(50), { from: 10, to: 40 }];
    assert.deepEqual(grown(blocks, { from: 20, to: 25 }, goal, 4), { from: 19, to: 26 });
  });
});
