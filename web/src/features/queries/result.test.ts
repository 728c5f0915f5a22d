import assert from "node:assert/strict";
import { test } from "node:test";
import type { QueryAnswer } from "../../api";
import { chartOf, tableOf } from "./result";

const answer: QueryAnswer = {
  id: "1",
  backup: "b",
  columns: [
    { name: "month", type: "VARCHAR", kind: "text" },
    { name: "sign_ups", type: "BIGINT", kind: "integer" },
    { name: "note", type: "VARCHAR", kind: "text" },
    { name: "share", type: "DOUBLE", kind: "real" },
  ],
  rows: [["2026-10", 12, "a", 0.5], ["2026-11", "9007199254740993", null, 1]],
  truncated: false,
  milliseconds: 3,
};

test("an answer is a table of what came", () => {
  assert.deepEqual(tableOf(answer).rows, answer.rows);
  assert.equal(tableOf({ ...answer, rows: Array(900).fill(["a", 1, "b", 2]) }).rows.length, 500);
});

test("and a chart of its numbers by its first column", () => {
  const { labels, chart } = chartOf(answer, "line")!;
  assert.deepEqual(labels, ["2026-10", "2026-11"]);
  assert.deepEqual(chart.series, [
    { id: "sign_ups", values: [12, null] },
    { id: "share", values: [0.5, 1] },
  ]);
  assert.equal(chartOf({ ...answer, columns: answer.columns.slice(0, 1) }, "line"), null);
  assert.equal(chartOf({ ...answer, rows: [] }, "line"), null);
});
