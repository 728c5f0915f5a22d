import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { placeholder } from "./thumbhash";

describe("placeholder", () => {
  it("is an image for a hash, and none for what is no hash", () => {
    assert.match(placeholder("1QcSHQRnh493V4dIh4eXh1h4kJUI"), /^url\("data:image\/png;base64,/);
    for (const wrong of [null, "", "AA==", "not base64!"]) {
      assert.equal(placeholder(wrong), "none");
    }
  });
});
