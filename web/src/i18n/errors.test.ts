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

const codes = [...new Set([...codesOfContract(), ...codesOfProgram()])].sort();

describe("the table of error codes", () => {
  it("is read from where the codes are", () => {
    for (const code of ["handle_taken", "too_many_requests"]) {
      assert.ok(codesOfContract().includes(code), code);
    }
    for (const code of ["too_long", "unknown_field", "unknown_language", "body_too_large"]) {
      assert.ok(codesOfProgram().includes(code), code);
    }
  });

  const languages = readdirSync(here, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== "en")
    .map((entry) => entry.name);
  for (const language of languages) {
    it(`is whole in ${language}`, () => {
      const json = readFileSync(new URL(`${language}/errors.json`, here), "utf8");
      const texts = JSON.parse(json) as Record<string, string>;
      assert.deepEqual(Object.keys(texts), codes.map((code) => `error.${code}`));
      for (const [key, text] of Object.entries(texts)) {
        // Nothing is filled in: the code is all that is known of a refusal.
        assert.deepEqual(parse(text), [text], key);
        assert.match(text, /[.!?。！？]$/u, key);
      }
    });
  }
});
