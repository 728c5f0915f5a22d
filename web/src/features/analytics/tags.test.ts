import assert from "node:assert/strict";
import { test } from "node:test";
import type { TableData } from "../../api";
import { pairsOf, withWeeks } from "./tags";

test("the graph is pairs of words, those of the most members first", () => {
  const node = (text: string) => ({ text, members: 9, cluster: null });
  const { columns, rows } = pairsOf({
    nodes: ["fog", "ferry", "tea"].map(node),
    edges: [
      { from: 0, to: 1, members: 4, bond: 0.25 },
      { from: 2, to: 1, members: 7, bond: 0.5 },
      { from: 0, to: 2, members: 4, bond: 0.75 },
    ],
  });
  assert.deepEqual(columns.map(({ id }) => id), ["word", "other_word", "together", "bond"]);
  assert.deepEqual(rows, [
    ["tea", "ferry", 7, 50], ["fog", "tea", 4, 75], ["fog", "ferry", 4, 25],
  ]);
});

test("what grows has its weeks beside it, by its word", () => {
  const table: TableData = {
    id: "trends",
    columns: [{ id: "word", kind: "text" }, { id: "members", kind: "count" }],
    rows: [["tea", 9], ["fog", 8], ["ferry", 7]],
  };
  const trend = (text: string, weeks: number[]) => ({ text, weeks, expected: 1, deviation: 2 });
  const { columns, rows } = withWeeks(table, [trend("fog", [1, 2, 8]), trend("tea", [3, 4, 9])]);
  assert.deepEqual(columns.map(({ id }) => id), ["word", "members", "week1", "week2", "week3"]);
  assert.deepEqual(rows, [
    ["tea", 9, 3, 4, 9], ["fog", 8, 1, 2, 8], ["ferry", 7, null, null, null],
  ]);
  assert.deepEqual(withWeeks(table, []), table);
});
