// What is written without the browser's tables is what it would write with them, in each language
// and where it is spoken.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { bytes, percent } from "../lib/text";
import { shortTime } from "../lib/time";
import { bytesIn, numberIn } from "./figures";
import { learn, speak, type Catalogue } from "./index";

const here = new URL("./", import.meta.url);
const languages = readdirSync(here, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);
const places = ["", ..."AT AU BN CA CH DE FR GB IN LU MX MY SG US ZA 419".split(" ")];

function wanted(locale: string, bytes: number): string {
  const power = bytes < 1000 ? 0 : bytes < 1e6 ? 1 : bytes < 1e9 ? 2 : 3;
  const unit = ["byte", "kilobyte", "megabyte", "gigabyte"][power];
  const unitDisplay = power > 0 ? "short" : "long";
  const options = { style: "unit", unit, unitDisplay, maximumFractionDigits: power > 1 ? 1 : 0 };
  return new Intl.NumberFormat(locale, options as object).format(bytes / 1000 ** power);
}

function speakIn(language: string): void {
  const core = readFileSync(new URL(`${language}/core.json`, here), "utf8");
  speak(language);
  learn(JSON.parse(core) as Catalogue);
}

// Some languages have a space of their own before some units.
const plain = (size: string) => size.replace(/\s(?=\D+$)/, " ");


for (const language of languages) {
  describe(`figures in ${language}`, () => {
    for (const locale of places.map((place) => (place ? `${language}-${place}` : language))) {
      it(`are those of ${locale}`, () => {
        const format = new Intl.NumberFormat(locale);
        const sizes = [0, 1, 999, 1e3, 5e3, 12_345, 999e3, 999_600, 1e6, 5e7, 1_250_000,
          999_960_000, 1e9, 1e10, 10_737_418_240, 999e9, 999_950_000_000, 5e12];
        for (let n = 0; n < 1000; n += 1) assert.equal(numberIn(locale, n), format.format(n));
        for (let n = 1000; n < 10_000; n += 7) assert.equal(numberIn(locale, n), format.format(n));
        for (const n of [-1, 0.5, 999.5, 1000.5, -1000, 9999, 10_000, 12_345, 1e15]) {
          assert.equal(numberIn(locale, n), format.format(n));
        }
        for (let tenth = 0; tenth < 10_010; tenth += 77) sizes.push(tenth * 1e5 + 49_999);
        for (const size of sizes) {
          assert.equal(plain(bytesIn(locale, size)), plain(wanted(locale, size)));
        }
      });
    }

    it("count bytes", () => {
      speakIn(language);
      for (let n = 0; n < 1000; n += 1) assert.equal(plain(bytes(n)), plain(wanted(language, n)));
    });

    it("say parts of a hundred", () => {
      speakIn(language);
      const share = new Intl.NumberFormat(language, { style: "percent" });
      for (let n = 0; n <= 100; n += 1) assert.equal(percent(n / 100), share.format(n / 100));
      assert.equal(percent(0.914), share.format(0.914));
    });

    it("say how long ago something was", () => {
      speakIn(language);
      const relative = new Intl.RelativeTimeFormat(language, { numeric: "auto" });
      const now = new Date(2026, 10, 22, 20);
      const ago = (seconds: number) => shortTime(new Date(now.getTime() - seconds * 1000), now);
      assert.equal(ago(0), relative.format(0, "second"));
      for (let n = 1; n < 60; n += 1) assert.equal(ago(60 * n), relative.format(-n, "minute"));
      for (let n = 1; n < 24; n += 1) assert.equal(ago(3600 * n), relative.format(-n, "hour"));
      for (let n = 1; n < 7; n += 1) assert.equal(ago(86_400 * n), relative.format(-n, "day"));
    });
  });
}
