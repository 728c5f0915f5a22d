import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { acceptedNames, acceptedTypes, refusal } from "./pictures";

describe("refusal", () => {
  const instance = { formats: ["image/jpeg", "image/png"], limits: { photo_bytes: 50_000_000 } };
  const photo = { name: "a.jpg", size: 10, type: "image/jpeg" };
  it("lets a photo pass", () => {
    assert.equal(refusal(photo, instance), "");
    assert.equal(refusal({ ...photo, size: 50_000_000 }, instance), "");
  });
  it("knows HEIC by its name where the system knows no type", () => {
    const heic = { name: "IMG_1.HEIC", size: 10, type: "" };
    assert.match(refusal(heic, instance), /is HEIC/);
    assert.equal(refusal(heic, { ...instance, formats: ["image/heic", "image/heif"] }), "");
  });
  it("names each format once", () => {
    const formats = ["image/jpeg", "image/heic", "image/heif"];
    assert.equal(acceptedNames(formats), "JPEG or HEIC");
    assert.equal(acceptedTypes(formats), "image/jpeg,image/heic,image/heif,.heic,.heif");
    assert.equal(acceptedTypes(["image/png"]), "image/png");
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
