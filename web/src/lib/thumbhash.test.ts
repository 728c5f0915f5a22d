import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { pageDrawn } from "./idle";
import { knownPlaceholder, placeholder, placeholderSoon } from "./thumbhash";

describe("placeholder", () => {
  it("is an image for a hash, and none for what is no hash", () => {
    assert.match(placeholder("1QcSHQRnh493V4dIh4eXh1h4kJUI"), /^url\("data:image\/png;base64,/);
    for (const wrong of [null, "", "AA==", "not base64!"]) {
      assert.equal(placeholder(wrong), "none");
    }
  });

  it("is made in its turn after the first draw, and known from then on", async () => {
    const hashes = ["2QcSHQRnh493V4dIh4eXh1h4kJUI", "3QcSHQRnh493V4dIh4eXh1h4kJUI"];
    const made: string[] = [];
    const all = hashes.map((hash) =>
      placeholderSoon(hash, () => true).then((image) => made.push(image ?? "")),
    );
    await new Promise((go) => setTimeout(go, 20));
    assert.deepEqual(made, [], "not before");
    pageDrawn();
    await all[0];
    assert.equal(made.length, 1, "one at a time");
    await all[1];
    for (const [at, hash] of hashes.entries()) {
      assert.match(made[at] ?? "", /^url\("data:image/);
      assert.equal(knownPlaceholder(hash), made[at]);
    }
    assert.equal(knownPlaceholder("4QcSHQRnh493V4dIh4eXh1h4kJUI"), "none");
    assert.equal(knownPlaceholder(null), "none");
  });

  it("is not made for what is not wanted any more, and those behind it are", async () => {
    const [one, other] = ["5QcSHQRnh493V4dIh4eXh1h4kJUI", "6QcSHQRnh493V4dIh4eXh1h4kJUI"];
    const gone = placeholderSoon(one, () => false);
    const wanted = placeholderSoon(other, () => true);
    assert.equal(await gone, null);
    assert.equal(knownPlaceholder(one), "none");
    assert.match((await wanted) ?? "", /^url/);
    assert.equal(await placeholderSoon(other, () => false), knownPlaceholder(other), "it is there");
    assert.equal(await placeholderSoon(null, () => true), "none");
  });
});
