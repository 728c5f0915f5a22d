import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { formatParts, parse, text, type Values } from "./compile";

const say = (message: string, values: Values = {}, locale = "en") =>
  text(parse(message), values, locale);

describe("messages", () => {
  it("are filled in", () => {
    assert.equal(say("{name} is empty.", { name: "a.jpg" }), "a.jpg is empty.");
    assert.equal(say("{n} photos", { n: 12_345 }), "12,345 photos");
    assert.equal(say("{n} Fotos", { n: 12_345 }, "de"), "12.345 Fotos");
    assert.equal(say("{id}", { id: "12345" }), "12345"); // what is text stays as it is
    assert.equal(say("# 1 isn't a {x}", { x: "<b>" }), "# 1 isn't a <b>");
  });
  it("choose by a number, by the rules of the language", () => {
    const english = "{n, plural, =0 {nothing} one {# photo} other {# photos}}";
    assert.deepEqual(
      [0, 1, 2, 1000].map((n) => say(english, { n })),
      ["nothing", "1 photo", "2 photos", "1,000 photos"],
    );
    const arabic = "{n, plural, zero {z} one {o} two {t} few {f} many {m} other {x}}";
    assert.deepEqual(
      [0, 1, 2, 3, 11, 100].map((n) => say(arabic, { n }, "ar")),
      ["z", "o", "t", "f", "m", "x"],
    );
  });
  it("keep a name that runs the other way from what stands beside it", () => {
    const message = "{name} and {n} others";
    assert.equal(say(message, { name: "محمد", n: 4 }), "\u2068محمد\u2069 and 4 others");
    assert.equal(say(message, { name: "Mei", n: 4 }), "Mei and 4 others");
  });
  it("choose by a word", () => {
    const message = "{who, select, you {Your photo} other {The photo of {name}}}";
    assert.equal(say(message, { who: "you" }), "Your photo");
    assert.equal(say(message, { who: "them", name: "Mei" }), "The photo of Mei");
  });
  it("stand within each other", () => {
    const message =
      "{n, plural, one {{who, select, you {you like it} other {# likes it}}} other {# like it}}";
    assert.equal(say(message, { n: 1, who: "you" }), "you like it");
    assert.equal(say(message, { n: 1, who: "x" }), "1 likes it");
    assert.equal(say(message, { n: 5, who: "x" }), "5 like it");
  });
  it("have parts in tags, which are never markup", () => {
    const message = "I agree to the <terms>terms of {name}</terms>.";
    assert.deepEqual(formatParts(parse(message), { name: "<i>" }, "en"), [
      { text: "I agree to the ", tag: null },
      { text: "terms of <i>", tag: "terms" },
      { text: ".", tag: null },
    ]);
    assert.equal(say(message, { name: "us" }), "I agree to the terms of us.");
  });
  it("are refused where they are not whole", () => {
    for (const message of [
      "{",
      "}",
      "{}",
      "{a, date}",
      "{n, plural, one {x}}",
      "{n, plural, other {x}",
      "{n, plural, other {x}} }",
      "<a>x",
      "<a>x</b>",
      "</a>",
      "a < b",
      "{who, select, you {a}}",
    ]) {
      assert.throws(() => parse(message), SyntaxError, message);
    }
  });
});
