import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import { draftIn, draftsOf, dropDraft, keepDraft } from "./drafts";

describe("drafts", () => {
  beforeEach(() => {
    draftsOf("");
    draftsOf("mei");
    keepDraft("new-comment 7000", "Two mor");
  });

  it("are there again for the same account, each in its place", () => {
    draftsOf("mei"); // logged in again
    assert.equal(draftIn("new-comment 7000"), "Two mor");
    assert.equal(draftIn("new-comment 7001"), undefined);
    dropDraft("new-comment 7000");
    assert.equal(draftIn("new-comment 7000"), undefined);
  });

  it("are nobody else's, and gone for good", () => {
    draftsOf("jonas");
    assert.equal(draftIn("new-comment 7000"), undefined);
    draftsOf("mei");
    assert.equal(draftIn("new-comment 7000"), undefined);
  });

  it("are gone when somebody logs out", () => {
    draftsOf("");
    draftsOf("mei");
    assert.equal(draftIn("new-comment 7000"), undefined);
  });
});
