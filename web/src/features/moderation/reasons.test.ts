import assert from "node:assert/strict";
import { test } from "node:test";
import { learn } from "../../i18n";
import report from "../../i18n/en/report.json";
import { choices, complaints, likelyReason, matterLink, reasonName } from "./reasons";

learn(report);

test("a report's reason is the likely one of the decision, the classifier's is nudity", () => {
  assert.equal(likelyReason("spam"), "spam");
  assert.equal(likelyReason("explicit"), "nudity");
  assert.equal(likelyReason("other"), "nudity");
});

test("every reason has a name, an unknown one its own", () => {
  assert.equal(reasonName("suggestive"), "Found suggestive");
  assert.equal(reasonName("of_the_future"), "of_the_future");
  for (const [code] of complaints) assert.notEqual(reasonName(code), code);
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

test("a decision leads to what it was about", () => {
  assert.equal(matterLink({ photo: "7", comment: null }), "/photo/7");
  assert.equal(matterLink({ photo: "7", comment: "8" }), "/photo/7#comment-8");
});
