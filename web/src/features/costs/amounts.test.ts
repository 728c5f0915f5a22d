import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { learn, speak } from "../../i18n";
import { amount, inField, monthsBack, quantity, typedNumber, unitWord } from "./amounts";

test("amounts are written as money, and what is not known as a dash", () => {
  assert.equal(amount("3797.26"), "$3,797.26");
  assert.equal(amount("0.000400", 6), "$0.0004");
  assert.equal(amount("72.00", 6), "$72.00");
  assert.equal(amount(null), "–");
  assert.equal(quantity("14530000.5"), "14,530,000.5");
});

// What is typed, and what the server is given; null: what it refuses.
const typed: Readonly<Record<string, readonly (readonly [string, string | null])[]>> = {
  en: [
    ["40,000", "40000"], ["40.000", "40.000"], ["1,000,000.5", "1000000.5"], ["1.125", "1.125"],
    ["40,00", null], ["0,25", null], ["40.000,5", null], ["1.000.000", null], [".5", null],
  ],
  de: [
    ["40.000", "40000"], ["1.000.000,5", "1000000.5"], ["1,125", "1.125"], ["1.125", "1125"],
    ["0.25", "0.25"], ["0.250", "0.250"], ["12.5", "12.5"], ["40,000.5", null], ["1,5,5", null],
    ["1.00.00", null],
  ],
  es: [
    ["40.000", "40000"], ["1.000.000", "1000000"], ["0,25", "0.25"], ["0.25", "0.25"],
    ["40,000.5", null],
  ],
  // A point is no sign of French; with three digits behind it two things could be meant.
  fr: [
    ["40\u202f000", "40000"], ["40\u00a0000,5", "40000.5"], ["0,25", "0.25"], ["0.25", "0.25"],
    ["40.000", null], ["1.000.000", null],
  ],
  ms: [["40,000", "40000"], ["40.000", "40.000"], ["0.25", "0.25"], ["0,25", null]],
  ta: [["40,000", "40000"], ["4,00,000", "400000"], ["12,34,567.5", "1234567.5"], ["4,00", null]],
  "zh-Hans": [["40,000", "40000"], ["1,000,000", "1000000"], ["0.25", "0.25"], ["4,0000", null]],
};
const everywhere: readonly (readonly [string, string | null])[] = [
  ["0", "0"], [" 12 ", "12"], ["40000", "40000"], ["40 000", "40000"], ["1'000'000", "1000000"],
  ["1’000", "1000"], ["0.0004", "0.0004"], ["", null], ["x", null], ["-1", null], ["1e3", null],
  ["4 0", null], ["4 00 0", null], ["1,000 000", null], ["0x10", null], ["12 GB", null],
];
const isRefused = (text: string) => !/^\d{1,15}(\.\d{1,6})?$/.test(text); // as decimal.cpp reads

for (const [language, cases] of Object.entries(typed)) {
  test(`numbers are read as they are typed in ${language}, or not at all`, () => {
    speak(language);
    for (const [text, read] of [...cases, ...everywhere]) {
      const given = typedNumber(text);
      if (read === null) assert.ok(isRefused(given), `${text}: ${given}`);
      else assert.equal(given, read, text);
    }
    speak("en");
  });

  test(`what a page says in ${language} is read as what it was`, () => {
    speak(language);
    for (const text of ["0", "0.25", "1.975", "19.53125", "40000", "1234567.5"]) {
      assert.equal(Number(typedNumber(inField(text))), Number(text));
      if (text !== "19.53125") assert.equal(Number(typedNumber(quantity(text))), Number(text));
    }
    assert.match(inField("0.2", 2), /^0[.,]20$/);
    speak("en");
  });
}

test("months go back over the year", () => {
  assert.deepEqual(monthsBack(new Date("2026-02-10T00:00:00Z"), 3), [
    "2026-02", "2026-01", "2025-12",
  ]);
});

// What the page writes behind a quantity: units of what is measured, and of what is missing.
const root = new URL("../../../../", import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), "utf8");
const catalogue = (language: string): Record<string, string> =>
  JSON.parse(read(`web/src/i18n/${language}/costs.json`));

function units(): string[] {
  const found = (text: string, pattern: RegExp) =>
    [...text.matchAll(pattern)].map(([, unit]) => unit!);
  const measured = found(read("src/features/costs/metering_rules.cpp"),
    /all\.push_back\(\{.+, "([^"]+)"\}\);/g);
  const [missing = ""] = /^std::optional<Missing> unit_of\([^]+?^\}/m
    .exec(read("src/features/costs/projection_rules.cpp")) ?? [];
  const wanted = found(missing, /"([^"]+)"\}/g);
  assert.ok(measured.length >= 7 && wanted.length >= 4, `${measured}; ${wanted}`);
  return [...new Set([...measured, ...wanted])];
}

const languages = readdirSync(new URL("web/src/i18n/", root), { withFileTypes: true })
  .filter((entry) => entry.isDirectory()).map((entry) => entry.name);
for (const language of languages) {
  test(`every unit that the server names has a word in ${language}`, () => {
    const keys = new Set(Object.keys(catalogue(language)));
    const wanted = units().map((unit) => `unit.${unit.replaceAll(" ", "_")}`);
    assert.deepEqual(wanted.filter((key) => !keys.has(key)), []);
    assert.equal([...keys].filter((key) => key.startsWith("unit.")).length, wanted.length);
  });
}

test("units follow their number, and one that is new is as the server writes it", () => {
  speak("de");
  learn(catalogue("de"));
  assert.equal(unitWord("mails", "310"), "Mails");
  assert.equal(unitWord("mails", "1"), "Mail");
  assert.equal(unitWord("GB for a month", "55.65"), "GB im Monat");
  assert.equal(unitWord("light years", "2"), "light years");
  speak("en");
});
