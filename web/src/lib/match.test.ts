import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { foreignForms } from "../../test/foreign_forms.mjs";
import { fill, match, safeNext, tokenOf } from "./match";

describe("match", () => {
  it("takes names, with and without a prefix", () => {
    assert.deepEqual(match("/photo/:id", "/photo/72"), { id: "72" });
    assert.deepEqual(match("/@:handle/followers", "/@mei/followers"), { handle: "mei" });
    assert.deepEqual(match("/", "/"), {});
    assert.deepEqual(match("/recent", "/recent/"), {});
    assert.deepEqual(match("/@:handle", "/@m%C3%A9i"), { handle: "méi" });
  });
  it("refuses what is not the pattern", () => {
    assert.equal(match("/photo/:id", "/photo/"), null);
    assert.equal(match("/photo/:id", "/photo/1/2"), null);
    assert.equal(match("/@:handle", "/mei"), null);
    assert.equal(match("/@:handle", "/@"), null);
    assert.equal(match("/@:handle", "/@%E0%A4%A"), null);
  });
});

describe("fill", () => {
  it("makes the address that match takes apart", () => {
    for (const [pattern, path] of [
      ["/photo/:id/view", "/photo/72/view"],
      ["/@:handle/followers", "/@m%C3%A9i/followers"],
      ["/tags/:tag", "/tags/a%2Fb"],
    ] as const) {
      assert.equal(fill(pattern, match(pattern, path) ?? {}), path);
    }
  });
});

describe("safeNext", () => {
  const origin = "https://photos.example";
  const pages = ["/", "/recent", "/photo/:id", "/@:handle", "/settings/security", "/search"];
  const next = (text: string | null) =>
    safeNext(text, origin, (path) => pages.some((page) => match(page, path) !== null));

  it("leads to a page of ours", () => {
    for (const own of [
      "/",
      "/@mei?x=1",
      "/photo/72#comments",
      "/settings/security",
      "/recent/",
      "/search?q=https%3A%2F%2Fevil.example&next=//evil.example",
      "/@mei?next=javascript:alert(1)",
    ]) {
      assert.equal(next(own), own);
    }
    assert.equal(next("/settings/../photo/72"), "/photo/72");
  });

  it("leads nowhere else, in any of the forms of A23", () => {
    assert.ok(foreignForms.length >= 60);
    for (const foreign of [...foreignForms, "", null]) {
      const where = next(foreign);
      assert.equal(where, "/", JSON.stringify(foreign));
    }
  });
});

describe("tokenOf", () => {
  it("reads the fragment of a one-time link", () => {
    assert.equal(tokenOf("#token=a-b_c"), "a-b_c");
    assert.equal(tokenOf("#"), "");
    assert.equal(tokenOf(""), "");
  });
});
