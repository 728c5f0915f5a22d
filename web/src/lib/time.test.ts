import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { cameraTime, longDay, shortTime } from "./time";

describe("shortTime", () => {
  const now = new Date("2026-11-22T20:00:00Z");
  const ago = (seconds) => shortTime(new Date(now.getTime() - seconds * 1000), now);
  it("is relative below a week", () => {
    assert.equal(ago(5), "now");
    assert.equal(ago(-5), "now"); // clocks differ a little
    assert.equal(ago(61), "1 minute ago");
    assert.equal(ago(3 * 3600 + 5), "3 hours ago");
    assert.equal(ago(6 * 86400), "6 days ago");
  });
  it("counts days as the calendar does", () => {
    const morning = new Date(2026, 10, 22, 8);
    assert.equal(shortTime(new Date(2026, 10, 20, 22), morning), "2 days ago");
    assert.equal(shortTime(new Date(2026, 10, 21, 7), morning), "yesterday");
  });
  it("is absolute from a week on", () => {
    assert.match(ago(8 * 86400), /^Nov 1[34]$/);
    assert.match(ago(400 * 86400), /2025/);
  });
});

describe("longDay", () => {
  it("is a day in words", () => {
    assert.equal(longDay(new Date("2026-12-12T12:00:00Z")), "December 12, 2026");
  });
});

describe("cameraTime", () => {
  it("is what the camera's clock said, wherever it is read", () => {
    assert.match(cameraTime("2026-11-20T07:12:31+08:00"), /^Nov 20, 2026, 7:12\sAM$/);
    assert.match(cameraTime("2026-11-20T23:59:00-11:00"), /^Nov 20, 2026, 11:59\sPM$/);
    assert.equal(cameraTime("some day"), "");
  });
});
