import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { byDay, ruling, verb } from "./words.ts";

describe("words of notifications", () => {
  it("speak of one and of several", () => {
    assert.equal(verb("follow", 1), "follows you");
    assert.equal(verb("follow", 5), "follow you");
    assert.equal(verb("like", 5), "liked your photo");
  });

  it("say what a decision answers", () => {
    assert.equal(
      ruling({ outcome: "removed", appealed: false, about: "photo" }),
      "A moderation decision: your photo was removed.",
    );
    assert.equal(
      ruling({ outcome: "shown", appealed: true, about: "comment" }),
      "A moderator answered your appeal: your comment is within the rules and is shown.",
    );
  });

  it("are put under their day, in the order they come", () => {
    const now = new Date(2026, 10, 27, 9);
    const at = (...when: [number, number, number, number]) => ({
      updated_at: new Date(...when).toISOString(),
    });
    const items = [
      at(2026, 10, 27, 8),
      at(2026, 10, 27, 0),
      at(2026, 10, 26, 23),
      at(2026, 10, 20, 12),
      at(2025, 10, 20, 12),
    ];
    const days = byDay(items, now, "en");
    assert.deepEqual(
      days.map((day) => [day.title, day.items.length]),
      [
        ["Today", 2],
        ["Yesterday", 1],
        ["Friday, November 20", 1],
        ["Thursday, November 20, 2025", 1],
      ],
    );
    assert.deepEqual(byDay([], now), []);
  });
});
