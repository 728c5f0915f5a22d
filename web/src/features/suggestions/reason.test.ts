import assert from "node:assert/strict";
import { test } from "node:test";
import social from "../../i18n/en/social.json";
import { learn } from "../../i18n";
import { reasonText } from "./reason.ts";

learn(social);
const by = { handle: "mei", name: "Mei Tan" };

test("names one of those who follow, and counts the others", () => {
  const said = (count: number) => reasonText({ kind: "followed_by", count, by, label: null });
  assert.equal(said(1), "Followed by Mei Tan");
  assert.equal(said(2), "Followed by Mei Tan and 1 other");
  assert.equal(said(4), "Followed by Mei Tan and 3 others");
});

test("says what of their photos one likes", () => {
  const said = (kind: "liked" | "label" | "active", count: number) =>
    reasonText({ kind, count, by: null, label: kind === "label" ? "boat" : null });
  assert.equal(said("liked", 1), "You liked 1 photo of theirs");
  assert.equal(said("label", 12), "12 photos of what you like: boat");
  assert.equal(said("active", 1), "1 new photo");
});
