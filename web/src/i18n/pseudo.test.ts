import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parse, text } from "./compile";
import { disguise } from "./pseudo";

const message = "Hello {name}, {n, plural, one {# photo} other {# photos}} in <a>here</a>";
const values = { name: "Mei", n: 2 };

describe("English in disguise", () => {
  it("is longer, accented and between brackets; what is filled in stays", () => {
    const said = text(disguise(parse(message), "en-XA"), values, "en");
    assert.match(said, /^⟦.*⟧$/u);
    assert.match(said, /Mei.*2 þĥöţöš/u);
    assert.doesNotMatch(said.replace("Mei", ""), /[a-z]/i);
    const plain = text(parse(message), values, "en");
    assert.ok(said.length >= plain.length * 1.25, said);
  });
  it("runs from right to left", () => {
    const said = text(disguise(parse(message), "ar-XB"), values, "en");
    assert.equal(said.split("\u202e").length, said.split("\u202c").length);
    assert.ok(said.startsWith("\u202eHello \u202c\u2068Mei\u2069"), "what is filled in does not");
  });
  it("leaves the message itself alone", () => {
    const pieces = parse(message);
    disguise(pieces, "en-XA");
    assert.deepEqual(pieces, parse(message));
  });
});
