import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { countryName } from "../i18n";
import { countries, guessCountry } from "./countries";

describe("countries", () => {
  it("are all there, named and sorted", () => {
    const list = countries();
    assert.equal(list.length, 249);
    assert.equal(list.find(({ code }) => code === "SG")?.name, "Singapore");
    assert.ok(list.every(({ code, name }) => name !== code));
  });
  it("stand for themselves where nobody knows them", () => {
    assert.equal(countryName("SG"), "Singapore");
    assert.equal(countryName("ZZZZ"), "ZZZZ");
  });
  it("are guessed from the language only where it says one", () => {
    assert.equal(guessCountry("en-SG"), "SG");
    assert.equal(guessCountry("zh-Hans-CN"), "CN");
    assert.equal(guessCountry("de"), "");
    assert.equal(guessCountry("en-XX"), "");
  });
});
