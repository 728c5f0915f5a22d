import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Step } from "../../api";
import {
  choiceOf, dayOf, daysBack, daysOf, fits, isRange, onwards, presetDays, presets, queryOf, stepFor,
  type Choice,
} from "./range";

const now = Date.parse("2026-11-29T10:00:00Z");
const midnight = Date.parse("2026-11-30T00:00:00Z");
const read = (query: string, at = now) => choiceOf(new URLSearchParams(query), at);
const last = (days: number) => daysBack(days, now);
const ago = (days: number) => dayOf(now - days * 86_400_000);
const october: Choice = {
  preset: "other",
  range: { from: "2026-10-01", to: "2026-10-31", step: "week", compare: true },
};

describe("the days of a dashboard", () => {
  it("are the last thirty, by day, where nothing else is said", () => {
    const range = { from: "2026-10-31", to: "2026-11-29", step: "day", compare: false };
    for (const query of ["", "from=x&to=y", "from=2026-11-02&to=2026-11-01", "from=2026-02-30",
      "range=other", "range=x"]) {
      assert.deepEqual(read(query), { preset: "month", range }, query);
    }
    assert.equal(daysOf(range), 30);
  });
  it("are read from an address as they were written there", () => {
    assert.deepEqual(read(queryOf(october)), october);
    const alone = { ...october, range: { ...october.range, compare: false } };
    assert.equal(queryOf(alone), "?from=2026-10-01&to=2026-10-31&step=week");
    const named = read("range=quarter&step=week");
    assert.deepEqual(named.range, { from: "2026-09-01", to: "2026-11-29", step: "week",
      compare: false });
    assert.equal(queryOf(named), "?range=quarter&step=week");
  });
  it("have names", () => {
    assert.deepEqual(presetDays("week", now), { from: "2026-11-23", to: "2026-11-29" });
    assert.deepEqual(presetDays("this_month", now), { from: "2026-11-01", to: "2026-11-29" });
    assert.deepEqual(presetDays("this_year", now), { from: "2026-01-01", to: "2026-11-29" });
    assert.equal(presetDays("other", now), null);
  });
  it("that have a name end with today, also tomorrow; others stay", () => {
    for (const preset of presets.filter((one) => one !== "other")) {
      const choice = read(`range=${preset}`);
      assert.equal(onwards(choice, midnight - 1), choice, "the same until midnight");
      const next = onwards(choice, midnight);
      assert.deepEqual(next, read(queryOf(choice), midnight));
      assert.equal(next.range.to, "2026-11-30");
    }
    assert.equal(onwards(october, midnight), october);
    const november = read("range=this_month&step=week");
    const december = onwards(november, Date.parse("2026-12-01T00:00:00Z"));
    assert.deepEqual([december.range.from, december.range.step], ["2026-12-01", "hour"]);
  });
  it("are in steps of which there are some, and at most a thousand", () => {
    const has = (step: Step, days: number) => fits(step, last(days), now);
    assert.ok(has("hour", 41) && !has("hour", 42));
    assert.ok(!has("week", 7) && has("week", 8) && !has("month", 30));
    assert.ok(has("hour", 1) && !has("day", 1));
    assert.deepEqual([1, 30, 365, 3650].map((days) => stepFor(last(days), now)), [
      "hour", "day", "week", "month",
    ]);
    assert.equal(stepFor(last(365), now, "hour"), "week");
    assert.equal(stepFor(last(365), now, "month"), "month");
  });
  it("are by the hour only as long as hours are kept, then by the day, and be it one", () => {
    const stepOf = (from: number, to: number, more = "") =>
      read(`from=${ago(from)}&to=${ago(to)}${more}`).range.step;
    assert.deepEqual([stepOf(120, 120), stepOf(120, 119)], ["day", "day"]);
    assert.equal(stepOf(120, 120, "&step=hour"), "day");
    assert.equal(stepOf(120, 90, "&step=hour"), "day", "a part of it is not kept");
    assert.deepEqual([stepOf(100, 100), stepOf(99, 99)], ["day", "hour"]);
    const choice = read(`from=${ago(99)}&to=${ago(99)}`);
    assert.equal(onwards(choice, midnight - 1), choice);
    assert.equal(onwards(choice, midnight).range.step, "day", "whoever looks on past midnight");
  });
  it("are days that there are", () => {
    assert.ok(isRange("2026-02-28", "2026-02-28"));
    assert.ok(!isRange("2026-02-30", "2026-03-01") && !isRange("2026-03-02", "2026-03-01"));
  });
});
