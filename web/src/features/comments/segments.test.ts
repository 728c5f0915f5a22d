import assert from "node:assert/strict";
import { test } from "node:test";
import { segmentsOf } from "./segments.ts";

const mei = { written: "mei", handle: "mei_tan" };

function links(text: string): string[] {
  return segmentsOf(text, [mei])
    .filter(({ handle }) => handle !== null)
    .map(({ text: shown, handle }) => `${shown} ${handle}`);
}

test("a mention is a link to the handle of now, all else is plain", () => {
  assert.deepEqual(segmentsOf("Hi @Mei, and @tom", [mei]), [
    { text: "Hi ", handle: null },
    { text: "@Mei", handle: "mei_tan" },
    { text: ", and @tom", handle: null },
  ]);
});

test("is linked wherever the server takes it for a mention, and nowhere else", () => {
  assert.deepEqual(links("你好@mei好"), ["@mei mei_tan"]);
  assert.deepEqual(links("@mei @MEI"), ["@mei mei_tan", "@MEI mei_tan"]);
  for (const text of ["a@mei", "https://x/@mei", "@@mei", "@mei_", "mei", "@"]) {
    assert.deepEqual(links(text), [], text);
  }
});

test("every character of the text is there, in its order", () => {
  for (const text of ["", "@mei", "@mei@mei", "<b>@mei</b>", " @mei\n\n@tom 👍"]) {
    const whole = segmentsOf(text, [mei]).map((segment) => segment.text).join("");
    assert.equal(whole, text);
  }
});
