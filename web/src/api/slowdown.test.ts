import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { askedToWait, waitPlainly, whenAskedToWait } from "./slowdown.ts";

describe("a server that asks to slow down", () => {
  it("is waited for where it is a moment, and only by what was not begun", () => {
    assert.equal(askedToWait("too_many_requests", "3"), 3);
    assert.equal(askedToWait("too_many_requests", "3600"), 0);
    assert.equal(askedToWait("too_many_requests", null), 0);
    assert.equal(askedToWait("too_many_requests", "soon"), 0);
    assert.equal(askedToWait("too_many_comments", "3"), 0);
    assert.equal(askedToWait(undefined, "3"), 0);
  });

  it("that is busy is waited for by each a little differently", () => {
    const waits = Array.from({ length: 50 }, () => askedToWait("busy", "1"));
    assert.ok(waits.every((wait) => wait >= 1 && wait < 2));
    assert.ok(new Set(waits).size > 40);
    assert.equal(askedToWait("busy", null), 0);
    assert.equal(askedToWait("internal", "1"), 0);
  });

  it("is told of until nothing waits any more", async () => {
    const told: number[] = [];
    whenAskedToWait((seconds) => told.push(seconds));
    await Promise.all([waitPlainly(0.01), waitPlainly(0.03)]);
    assert.deepEqual(told, [0.01, 0.03, 0]);
  });

  it("is not waited for by a page that is gone", async () => {
    const gone = new AbortController();
    const wait = waitPlainly(60, gone.signal);
    gone.abort();
    await assert.rejects(wait, { name: "AbortError" });
  });
});
