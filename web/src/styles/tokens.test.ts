// The tokens are those of the design, and every pair of them that is read is read easily.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";

const css = readFileSync(new URL("./tokens.css", import.meta.url), "utf8");

// The custom properties of the first block that follows `start`.
function block(start: string): Map<string, string> {
  const from = css.indexOf(start);
  assert.ok(from >= 0, start);
  const body = css.slice(css.indexOf("{", from) + 1, css.indexOf("}", from));
  const found = [...body.matchAll(/([\w-]+):\s*([^;]+);/g)];
  return new Map(found.map(([, name, value]) => [name ?? "", (value ?? "").trim()]));
}

const light = block(":root {");
const dark = block(':root:not([data-theme="light"])');
const chosen = block(':root[data-theme="dark"]');

function luminance(colour: string): number {
  assert.match(colour, /^#[0-9a-f]{6}$/);
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

// By the formula of WCAG 2.
function contrast(one: string, other: string): number {
  const [dim = 0, bright = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (bright + 0.05) / (dim + 0.05);
}

describe("tokens", () => {
  const surfaces = ["--bg", "--surface", "--surface-2"];
  const texts = ["--ink", "--ink-2", "--ink-3", "--accent", "--like", "--danger", "--warn", "--ok"];

  for (const [name, theme] of [["light", light], ["dark", dark]] as const) {
    const colour = (token: string) => theme.get(token) ?? light.get(token) ?? "";
    it(`are read easily in ${name}`, () => {
      for (const surface of surfaces.map(colour)) {
        for (const text of texts) assert.ok(contrast(colour(text), surface) >= 4.8, text);
        assert.ok(contrast(colour("--line-strong"), surface) >= 3.5, "--line-strong");
      }
      assert.ok(contrast(colour("--accent-ink"), colour("--accent")) >= 4.8);
      assert.ok(contrast(colour("--danger-ink"), colour("--danger")) >= 4.8);
    });
  }

  it("are the same in the dark of the system and in the dark that was chosen", () => {
    assert.deepEqual([...chosen], [...dark]);
    assert.equal(dark.get("color-scheme"), "dark");
    assert.equal(light.get("color-scheme"), "light");
  });

  it("are those of the design", () => {
    const designed = {
      "--bg": ["#fbfaf8", "#121211"],
      "--surface": ["#ffffff", "#1a1a18"],
      "--surface-2": ["#f3f1ed", "#242421"],
      "--line": ["#e4e1db", "#33322e"],
      "--line-strong": ["#857f75", "#837f76"],
      "--ink": ["#1c1b19", "#f2f0eb"],
      "--ink-2": ["#57534c", "#b9b4aa"],
      "--ink-3": ["#6b665d", "#9c978d"],
      "--accent": ["#0e6f66", "#5cc8b8"],
      "--accent-ink": ["#ffffff", "#06201d"],
      "--like": ["#c2334d", "#ff6b81"],
      "--danger": ["#b3261e", "#ff8a80"],
      "--danger-ink": ["#ffffff", "#121211"],
      "--warn": ["#8a5a00", "#e6b450"],
      "--ok": ["#1e6e3a", "#7ccb92"],
    };
    for (const [token, values] of Object.entries(designed)) {
      assert.deepEqual([light.get(token), dark.get(token)], values, token);
    }
    assert.equal(light.get("--viewer"), "#0b0b0a");
    assert.equal(dark.has("--viewer"), false);
    const sizes = ["caption", "meta", "body", "lead", "h3", "h2", "h1"].map((name) => {
      const [size = 0, line = 0] = (light.get(`--${name}`) ?? "").split("/").map(parseFloat);
      return `${size * 16}/${line * 16}`;
    });
    assert.deepEqual(sizes, ["12/16", "14/20", "16/24", "18/28", "22/28", "28/34", "36/42"]);
    const spaces = [1, 2, 3, 4, 5, 6, 7, 8, 9].map(
      (step) => parseFloat(light.get(`--space-${step}`) ?? "") * 16,
    );
    assert.deepEqual(spaces, [4, 8, 12, 16, 24, 32, 48, 64, 96]);
  });
});
