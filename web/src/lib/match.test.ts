import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { match, safeNext, tokenOf } from "./match";

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

describe("safeNext", () => {
  it("stays on this server", () => {
    assert.equal(safeNext("/@mei?x=1"), "/@mei?x=1");
    for (const foreign of ["//evil.example", "/\\evil.example", "https://evil.example", "", null]) {
      assert.equal(safeNext(foreign), "/");
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
