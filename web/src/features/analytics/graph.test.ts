import assert from "node:assert/strict";
import { test } from "node:test";
import { layOut } from "./graph";

test("words that belong together stand together, inside, and always so", () => {
  const nodes = Array.from({ length: 12 }, () => ({ members: 3 }));
  const groups = [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9, 10, 11]];
  const edges = groups.flatMap((group) => group.flatMap((from) =>
    group.filter((to) => to > from).map((to) => ({ from, to, bond: 0.8 }))));
  const points = layOut(nodes, edges, 600, 400);
  assert.deepEqual(layOut(nodes, edges, 600, 400), points);
  const far = (one: number, other: number) =>
    Math.hypot(points[one]!.x - points[other]!.x, points[one]!.y - points[other]!.y);
  for (const { x, y } of points) assert.ok(x >= 44 && x <= 556 && y >= 16 && y <= 368);
  const pairs = nodes.flatMap((_, one) => nodes.map((__, other) => [one, other] as const))
    .filter(([one, other]) => one < other);
  const mean = (wanted: typeof pairs) =>
    wanted.reduce((sum, [one, other]) => sum + far(one, other), 0) / wanted.length;
  const together = ([one, other]: readonly [number, number]) =>
    Math.floor(one / 4) === Math.floor(other / 4);
  const within = mean(pairs.filter(together));
  const between = mean(pairs.filter((pair) => !together(pair)));
  assert.ok(within * 1.5 < between, `${within} and ${between}`);
  for (const [one, other] of pairs) assert.ok(far(one, other) > 8);
});
