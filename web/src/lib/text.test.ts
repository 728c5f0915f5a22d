import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { bytes, either, initials, percent, searchLink, tagsOf } from "./text";

describe("text", () => {
  it("reads tags as people type them", () => {
    assert.deepEqual(tagsOf(" #harbour, blue hour ,,harbour, ## x"), ["harbour", "blue hour", "x"]);
    assert.deepEqual(tagsOf("  "), []);
  });
  it("names sizes and choices", () => {
    assert.equal(bytes(50_000_000), "50 MB");
    assert.equal(bytes(1_250_000), "1.3 MB");
    assert.equal(bytes(10_737_418_240), "10.7 GB");
    assert.equal(bytes(999), "999 bytes");
    assert.equal(bytes(0), "0 bytes");
    assert.equal(bytes(12_345), "12 kB");
    assert.equal(percent(0.914), "91%");
    assert.equal(either(["JPEG", "PNG", "WebP"]), "JPEG, PNG or WebP");
    assert.equal(either(["JPEG", "PNG"]), "JPEG or PNG");
    assert.equal(either(["JPEG"]), "JPEG");
  });
  it("shortens names without breaking letters", () => {
    assert.equal(initials("Mei Tan"), "MT");
    assert.equal(initials("mei"), "M");
    assert.equal(initials("𝒜da von Neumann"), "𝒜N");
    assert.equal(initials(" "), "");
  });
  it("escapes words in links", () => {
    assert.equal(searchLink("blue & green"), "/search?q=blue+%26+green");
  });
});
