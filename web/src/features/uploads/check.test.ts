import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { refusal } from "./check";

describe("refusal", () => {
  const instance = { formats: ["image/jpeg", "image/png"], limits: { photo_bytes: 50_000_000 } };
  const photo = { name: "a.jpg", size: 10, type: "image/jpeg" };
  it("lets a photo pass", () => {
    assert.equal(refusal(photo, instance), "");
    assert.equal(refusal({ ...photo, size: 50_000_000 }, instance), "");
  });
  it("says what is wrong and what to do", () => {
    assert.match(refusal({ ...photo, size: 0 }, instance), /empty/);
    assert.match(refusal({ ...photo, size: 50_000_001 }, instance), /limit is 50 MB.*smaller/);
    const heic = { ...photo, name: "a.heic", type: "image/heic" };
    assert.equal(
      refusal(heic, instance),
      "a.heic is HEIC. Export it as JPEG or PNG and try again.",
    );
  });
});
