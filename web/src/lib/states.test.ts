import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { explain, stateName } from "./states";

describe("states", () => {
  it("have a name and, where not published, a sentence", () => {
    assert.equal(stateName("classifying"), "Developing");
    assert.equal(explain({ state: "published", reason: null }), "");
    assert.match(explain({ state: "rejected", reason: "image_corrupt" }), /damaged/);
    assert.match(explain({ state: "held", reason: "something_new" }), /moderator/);
  });
});
