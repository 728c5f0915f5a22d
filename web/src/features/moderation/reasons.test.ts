import assert from "node:assert/strict";
import { test } from "node:test";
import { choices, likelyReason, reasonName } from "./reasons.ts";

test("a report's reason is the likely one of the decision, the classifier's is nudity", () => {
  assert.equal(likelyReason("spam"), "spam");
  assert.equal(likelyReason("explicit"), "nudity");
  assert.equal(likelyReason("other"), "nudity");
});

test("every reason has a name, an unknown one its own", () => {
  assert.equal(reasonName("suggestive"), "Found suggestive");
  assert.equal(reasonName("of_the_future"), "of_the_future");
});

test("the keys are those of the design", () => {
  assert.deepEqual(
    choices.map(({ key, action }) => [key, action]),
    [
      ["a", "approve"],
      ["h", "keep_hidden"],
      ["r", "remove"],
      ["s", "suspend"],
    ],
  );
});
