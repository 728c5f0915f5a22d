import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { learn, speak } from "../i18n";
import { explain, reasonText, stateName } from "./states";

describe("states", () => {
  it("have a name and, where not published, a sentence", () => {
    assert.equal(stateName("classifying"), "Developing");
    assert.equal(explain({ state: "published", reason: null }), "");
    assert.match(explain({ state: "rejected", reason: "image_corrupt" }), /damaged/);
    assert.match(explain({ state: "held", reason: "something_new" }), /moderator/);
  });
  it("have the reason of a decision in the language of the page", () => {
    assert.equal(reasonText("spam", "It advertises something."), "It advertises something.");
    speak("ms");
    learn({ "why.spam": "Ia iklan atau spam." });
    assert.equal(reasonText("spam", "It advertises something."), "Ia iklan atau spam.");
    assert.equal(reasonText("something_new", "Something new."), "Something new.");
    speak("en");
  });
});
