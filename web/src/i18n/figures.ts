// Numbers with what they count, as a language writes them. What all our languages write alike asks
// the browser for none of its tables (formats.ts): first draws have little else.
import { numberFormat } from "./formats";

const kilo = 1000;
const symbols = ["kB", "MB", "GB"];
const frenchSymbols = ["ko", "Mo", "Go"];

// Where tenths stand after a point, and where after a comma. Elsewhere the tables say.
const english = "AU|CA|GB|HK|IE|IN|MY|NZ|PH|SG|US";
const point = new RegExp(
  `^(?:en(?:-(?:${english}))?|es-(?:MX|US)|ms(?:-(?:MY|SG))?|(?:ta|zh)\\b.*)$`,
);
const comma = /^(?:de(?:-(?:AT|DE))?|es(?:-(?:AR|CL|CO|ES))?|fr\b.*)$/;
const sizes = ["byte", "kilobyte", "megabyte", "gigabyte"] as const;
const times = [
  { unit: "second", seconds: 1, most: 90 },
  { unit: "minute", seconds: 60, most: 5_400 },
  { unit: "hour", seconds: 3_600, most: 129_600 },
  { unit: "day", seconds: 86_400, most: Infinity },
] as const;

// What stands before the last three digits of four; undefined where only the tables know.
function thousandsIn(locale: string): string | undefined {
  if (point.test(locale)) return ",";
  return { de: ".", "de-DE": ".", es: "", "es-ES": "", fr: "\u202f", "fr-FR": "\u202f" }[locale];
}

// A number that nobody writes with a sign, a point or a mark between its digits.
function isPlain(value: number): boolean {
  return Number.isInteger(value) && value >= 0 && value < kilo;
}

export function numberIn(locale: string, value: number): string {
  if (isPlain(value)) return String(value);
  const four = Number.isInteger(value) && value >= kilo && value < 10 * kilo;
  const mark = four ? thousandsIn(locale) : undefined;
  if (mark === undefined) return numberFormat(locale).format(value);
  return String(value).replace(/(?=...$)/, mark);
}

// With so many digits after the point at most, one or none; "" where only the tables know.
function tenthsIn(locale: string, value: number, digits: number): string {
  const rounded = Math.round(value * 10 ** digits) / 10 ** digits;
  if (rounded >= kilo) return "";
  if (isPlain(rounded) || point.test(locale)) return String(rounded);
  return comma.test(locale) ? String(rounded).replace(".", ",") : "";
}

export function bytesIn(locale: string, count: number): string {
  let power = 0;
  while (power + 1 < sizes.length && count >= kilo ** (power + 1)) power += 1;
  const value = count / kilo ** power;
  const short = power > 0 ? tenthsIn(locale, value, power > 1 ? 1 : 0) : "";
  if (short && locale.startsWith("fr")) return `${short}\u202f${frenchSymbols[power - 1]}`;
  if (short) return `${short} ${symbols[power - 1]}`;
  return numberFormat(locale, {
    style: "unit",
    unit: sizes[power],
    unitDisplay: power > 0 ? "short" : "long",
    maximumFractionDigits: power > 1 ? 1 : 0,
  }).format(value);
}

// In whole units, and never less than it is.
export function durationIn(locale: string, seconds: number): string {
  const { unit, seconds: one } = times.find(({ most }) => seconds <= most) ?? times[3];
  const long = { style: "unit", unit, unitDisplay: "long" } as const;
  return numberFormat(locale, long).format(Math.ceil(seconds / one));
}
