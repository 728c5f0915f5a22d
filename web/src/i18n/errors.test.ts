// Each language has a text for each code that the server may give, and for no other: those that the
// contract names, and those that the program writes for a field or for HTTP itself. English is what
// the server says.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { parse } from "./compile";

const here = new URL("./", import.meta.url);
const root = new URL("../../../", import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), "utf8");

function found(text: string, pattern: RegExp): string[] {
  return [...text.matchAll(pattern)].flatMap(([, one]) => (one === undefined ? [] : [one]));
}

function codesOfContract(): string[] {
  const contract = read("api/openapi.yaml");
  const listed = found(contract, /^ {4}\| ([a-z_]+) \| \d/gm);
  const given = found(contract, /x-codes:\s*\[([^\]]*)\]/g).flatMap((one) => one.split(","));
  return [...listed, ...given.map((one) => one.trim()).filter((one) => one !== "")];
}

// `fail(ErrorKind::gone, "code", ...` of a refusal, `refuse("code", "field", "what", "to do")` of
// one that is about a field, and `refuse("field", "code", "what")` of one field of several.
function codesOfProgram(): string[] {
  const files = readdirSync(new URL("src/", root), { recursive: true, encoding: "utf8" });
  return files
    .filter((path) => /\.(cpp|h)$/.test(path) && !/_test\.|^vision/.test(path))
    .flatMap((path) => {
      const text = read(`src/${path}`);
      return [
        ...found(text, /\bErrorKind::\w+,\s*"([a-z_]+)"/g),
        ...found(text, /\brefuse\(\s*"([a-z_]+)",\s*"\w+",\s*(?:"[^"]*"\s*)+,/g),
        ...found(text, /\brefuse\(\s*(?:"\w+"|[\w.]+),\s*"([a-z_]+)",\s*(?:"[^"]*"\s*)+[)+]/g),
      ];
    });
}

// Texts with figures, each for where the problem has that member, and what is filled in.
const figures = new Map([
  ["error.age_not_confirmed.limit", ["limit"]],
  ["error.body_too_large.limit", ["size"]],
  ["error.file_too_large.limit", ["size"]],
  ["error.handle_too_soon.retry_after", ["wait"]],
  ["error.quota_exceeded.limit", ["size"]],
  ["error.too_long.limit", ["limit"]],
  ["error.too_many.limit", ["limit"]],
  ["error.too_many_attempts.retry_after", ["wait"]],
  ["error.too_many_comments.retry_after", ["wait"]],
  ["error.too_many_requests.retry_after", ["wait"]],
  ["error.too_short.limit", ["limit"]],
]);

const codes = [...new Set([...codesOfContract(), ...codesOfProgram()])].sort();

const plain = codes.map((code) => `error.${code}`);

type Texts = Record<string, string>;

describe("the table of error codes", () => {
  const languages = readdirSync(here, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== "en")
    .map((entry) => entry.name);

  it("is read from where the codes are", () => {
    for (const code of ["handle_taken", "too_many_requests"]) {
      assert.ok(codesOfContract().includes(code), code);
    }
    for (const code of ["too_long", "unknown_field", "unknown_language", "body_too_large"]) {
      assert.ok(codesOfProgram().includes(code), code);
    }
  });

  it("fills in what the contract's problems have", () => {
    const contract = read("api/openapi.yaml").split(/^ {2}schemas:$/m)[1] ?? "";
    const part = (name: string) =>
      new RegExp(`^    ${name}:\\n(?:      .*\\n|\\n)+`, "m").exec(contract)?.[0] ?? "";
    const numbers = (name: string) =>
      found(part(name), /^ {8}(\w+):\n {10}type: integer/gm);
    assert.deepEqual(numbers("Problem"), ["limit", "retry_after"]);
    assert.deepEqual(numbers("FieldProblem"), ["limit"]);
    for (const key of figures.keys()) {
      const [, code, member] = key.split(".");
      assert.ok(codes.includes(code ?? ""), key);
      assert.ok(numbers("Problem").includes(member ?? ""), key);
    }
  });

  // Figures that are the same on every server stand in the texts as they do in the English ones.
  it("says the fixed figures of a picture", () => {
    const source = read("src/image/refusals.cpp");
    const english = /"The picture has more pixels(?:[^;]*)/.exec(source)?.[0];
    const digits = (text: string) => text.replace(/(\d)[.,\s](?=\d{3})/gu, "$1").match(/\d+/g);
    assert.deepEqual(digits(english ?? ""), ["100", "64", "25", "20000"]);
    for (const language of languages) {
      const texts = JSON.parse(read(`web/src/i18n/${language}/errors.json`)) as Texts;
      const said = digits(texts["error.image_too_large"] ?? "");
      assert.deepEqual(said, ["100", "64", "25", "20000"], language);
    }
  });

  for (const language of languages) {
    it(`is whole in ${language}`, () => {
      const json = readFileSync(new URL(`${language}/errors.json`, here), "utf8");
      const texts = JSON.parse(json) as Texts;
      assert.deepEqual(Object.keys(texts), [...figures.keys(), ...plain].sort());
      for (const [key, text] of Object.entries(texts)) {
        assert.match(text, /[.!?。！？]$/u, key);
        // Nothing is filled in but what the problem says besides its code.
        const filled = parse(text).flatMap((piece) =>
          typeof piece === "string" ? [] : [piece.kind === "value" ? piece.name : piece.kind]);
        assert.deepEqual(filled, figures.get(key) ?? [], key);
      }
    });
  }
});
