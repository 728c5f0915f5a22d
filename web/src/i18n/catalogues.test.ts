// Every catalogue can be read, and those of the languages say what the English ones say.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { parse, type Piece } from "./compile";
import { learn, problemText, speak, t, tParts, type Key } from "./index";

const here = new URL("./", import.meta.url);
const folders = readdirSync(here, { withFileTypes: true }).filter((entry) => entry.isDirectory());
const languages = folders.map((entry) => entry.name);

function catalogue(language: string, area: string): [string, string][] {
  const json = readFileSync(new URL(`${language}/${area}`, here), "utf8");
  const found = Object.entries(JSON.parse(json) as Record<string, string>);
  const keys = [...json.matchAll(/^ {2}"([^"]+)":/gm)].map(([, key]) => key);
  assert.equal(keys.length, found.length, `${language}/${area} says something twice`);
  return found;
}

// What is filled in, and what is in tags, in whatever order.
function holes(pieces: Piece[]): string[] {
  const found = pieces.flatMap((piece) => {
    if (typeof piece === "string" || piece.kind === "count") return [];
    if (piece.kind === "value") return [`{${piece.name}}`];
    if (piece.kind === "tag") return [`<${piece.name}>`, ...holes(piece.children)];
    return [`{${piece.name}}`, ...[...piece.cases.values()].flatMap(holes)];
  });
  return [...new Set(found)].sort();
}

function* choices(pieces: Piece[]): Generator<Piece & { kind: "plural" | "select" }> {
  for (const piece of pieces) {
    if (typeof piece === "string" || piece.kind === "count" || piece.kind === "value") continue;
    if (piece.kind === "tag") yield* choices(piece.children);
    else {
      yield piece;
      for (const inner of piece.cases.values()) yield* choices(inner);
    }
  }
}

describe("catalogues", () => {
  for (const language of languages) {
    const areas = readdirSync(new URL(`${language}/`, here));
    const categories = new Intl.PluralRules(language).resolvedOptions().pluralCategories;
    for (const area of areas) {
      it(`${language}/${area} can be read, in order, and is whole`, () => {
        const keys = catalogue(language, area).map(([key]) => key);
        assert.deepEqual(keys, [...keys].sort());
        for (const [key, message] of catalogue(language, area)) {
          assert.notEqual(message, "", key);
          assert.equal(message, message.trim(), key);
          for (const choice of choices(parse(message))) {
            if (choice.kind !== "plural") continue;
            for (const category of categories) assert.ok(choice.cases.has(category), key);
          }
        }
      });
    }
    if (language === "en") continue;
    it(`${language} can be chosen`, () => {
      const names = readFileSync(new URL(`spoken-${language}.ts`, here), "utf8");
      assert.deepEqual(
        [...names.matchAll(/"!?\.\/([\w-]+)\//g)].map(([, folder]) => folder),
        [language, language, language],
      );
    });
    it(`${language} says what English says`, () => {
      for (const area of readdirSync(new URL("en/", here))) {
        const english = new Map(catalogue("en", area));
        const own = new Map(catalogue(language, area));
        assert.deepEqual([...own.keys()], [...english.keys()], area);
        for (const [key, message] of own) {
          assert.deepEqual(holes(parse(message)), holes(parse(english.get(key) ?? "")), key);
        }
      }
    });
  }

  // One or two words may be the same in two languages; a sentence that is has been forgotten.
  for (const language of languages.filter((one) => one !== "en")) {
    it(`${language} has no sentence in English`, () => {
      const typed = new Set(["tips.color"]); // what is typed is the same for everybody
      const left = readdirSync(new URL("en/", here)).flatMap((area) => {
        const own = new Map(catalogue(language, area));
        return catalogue("en", area).filter(([key, text]) => {
          const words = text.replace(/\{\w+\}|<[^>]+>.*?<[^>]+>/g, "").match(/\p{L}{2,}/gu) ?? [];
          return words.length > 2 && own.get(key) === text && !typed.has(key);
        });
      });
      assert.deepEqual(left, []);
    });
  }

  it("have keys of their own in each area", () => {
    const all = readdirSync(new URL("en/", here)).flatMap((area) => catalogue("en", area));
    assert.equal(new Set(all.map(([key]) => key)).size, all.length);
  });
});

describe("what is said", () => {
  it("is in the language of the document, else in English", () => {
    assert.equal(t("action.again"), "Try again");
    speak("de", ["de-AT", "en"]);
    assert.equal(t("action.again"), "Try again");
    assert.equal(problemText("not_found", "There is nothing."), "There is nothing.");
    learn({ "action.again": "Noch einmal", "error.not_found": "Da ist nichts." });
    assert.equal(t("action.again"), "Noch einmal");
    assert.equal(problemText("not_found", "There is nothing."), "Da ist nichts.");
    learn({
      "error.file_too_large": "Zu groß.",
      "error.file_too_large.limit": "Zu groß: höchstens {size}.",
      "error.too_long.limit": "Höchstens {limit} Zeichen.",
      "error.too_many_requests.retry_after": "Warte {wait}.",
    });
    const size = { limit: 50_000_000 };
    assert.equal(problemText("file_too_large", "Big.", size), "Zu groß: höchstens 50 MB.");
    assert.equal(problemText("file_too_large", "Too large."), "Zu groß.");
    assert.equal(problemText("too_long", "At most.", { limit: 500 }), "Höchstens 500 Zeichen.");
    assert.equal(problemText("too_long", "An entry is too long."), "An entry is too long.");
    for (const [seconds, wait] of [
      [1, "1 Sekunde"], [90, "90 Sekunden"], [91, "2 Minuten"], [5_401, "2 Stunden"],
      [1_000_000, "12 Tage"],
    ] as const) {
      const said = problemText("too_many_requests", "Wait.", { retry_after: seconds });
      assert.equal(said, `Warte ${wait}.`);
    }
    assert.deepEqual(tParts("action.again"), [{ text: "Noch einmal", tag: null }]);
    speak("en-XA");
    assert.match(t("action.home"), /^⟦/);
    speak("en", ["en-SG"]);
  });
  it("complains about what nobody knows", (context) => {
    const complained = context.mock.method(console, "error", () => {});
    assert.equal(t("no.such" as Key), "no.such");
    assert.equal(complained.mock.callCount(), 1);
  });
});
