import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { dataOf, folded, heights, increments, pastOf, places, stacked } from "./draw";

const times = ["2026-10-01T00:00:00Z", "2026-10-02T00:00:00Z", "2026-10-03T00:00:00Z"];

describe("a chart", () => {
  it("stacks what is known", () => {
    assert.deepEqual(stacked([[1, null, null], [2, 3, null]]), [[1, null, null], [3, 3, null]]);
  });
  it("draws the time before behind the time, and the highest first", () => {
    const series = [
      { id: "a", values: [1, 2, 3], before: [4, 5] },
      { id: "b", values: [6, null, 7] },
    ];
    assert.deepEqual(dataOf({ times, series, shape: "line" }), [
      [0, 1, 2], [4, 5, null], [1, 2, 3], [6, null, 7],
    ]);
  });
  it("draws it in front of bars, on a ground of its own, and of a stack the sum of it", () => {
    const series = [
      { id: "a", values: [1, 2, 3], before: [4, 5, null] },
      { id: "b", values: [6, null, 7], before: [1, null, null] },
    ];
    assert.deepEqual(dataOf({ times, series, shape: "stacked" }), [
      [0, 1, 2], [7, 2, 10], [1, 2, 3], [5, 5, null], [5, 5, null],
    ]);
    assert.deepEqual(dataOf({ times, series: series.slice(0, 1), shape: "bars" }), [
      [0, 1, 2], [1, 2, 3], [4, 5, null], [4, 5, null],
    ]);
    const alone = series.map(({ id, values }) => ({ id, values }));
    assert.deepEqual(pastOf({ times, series: alone, shape: "stacked" }), []);
    assert.deepEqual(dataOf({ times, series: alone, shape: "stacked" }), [
      [0, 1, 2], [7, 2, 10], [1, 2, 3],
    ]);
  });
  it("begins at nothing, but for a line that would be flat", () => {
    assert.deepEqual(heights("bars", 90, 100), [0, 106]);
    assert.deepEqual(heights("line", 10, 100), [0, 106]);
    assert.deepEqual(heights("line", 90, 100), [89, 101]);
    assert.deepEqual(heights("line", null, null), [0, 1]);
    assert.deepEqual(heights("bars", 0, 0), [0, 1]);
  });
  it("says below as many times as there is room for", () => {
    assert.deepEqual(places(0, 29, 7), [0, 5, 10, 15, 20, 25]);
    assert.deepEqual(places(-0.5, 2.5, 8), [0, 1, 2]);
    assert.deepEqual(places(3, 3, 0.4), [3]);
  });
  it("divides hours as a clock does, and people by wholes", () => {
    const seconds = increments("seconds") ?? [];
    assert.deepEqual(seconds, seconds.toSorted((one, other) => one - other));
    for (const span of [0.5, 30, 60, 900, 1800, 3600, 86_400]) assert.ok(seconds.includes(span));
    for (const span of [50, 1000, 5000]) assert.ok(!seconds.includes(span), String(span));
    assert.ok(increments("count")?.every(Number.isInteger));
    assert.equal(increments("bytes"), undefined);
  });
  it("has a colour for each series: of many the smallest are one", () => {
    const ids = ["a", "b", "other", "c", "d", "e", "f", "g"];
    const series = ids.map((id, index) => ({ id, values: [index + 1, null], before: [1, 1] }));
    const chart = { id: "x", unit: "count", shape: "stacked", times: times.slice(0, 2) } as const;
    const few = folded({ ...chart, times: [...chart.times], series });
    assert.deepEqual(few.series.map(({ id }) => id), ["c", "d", "e", "f", "g", "other"]);
    assert.deepEqual(few.series.at(-1), { id: "other", values: [6, null], before: [3, 3] });
    const some = series.map((one) => ({ ...one, values: [one.id === "a" ? null : 1, null] }));
    const partly = folded({ ...chart, times: [...chart.times], series: some });
    assert.deepEqual(partly.series.at(-1)?.values, [2, null], "what is known of it is added up");
    const three = series.slice(0, 3);
    const bars = folded({ ...chart, times: [...chart.times], shape: "bars", series: three });
    assert.equal(bars.shape, "stacked");
    assert.equal(folded({ ...bars, shape: "bars", series: series.slice(0, 2) }).shape, "bars");
  });
});
