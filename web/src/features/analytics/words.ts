// Numbers, times and names of a dashboard, as the language of the page writes them.
import type { CellKind, Step, Unit } from "../../api";
import { locale, says, t, type Key } from "../../i18n";
import { dateFormat, numberFormat } from "../../i18n/formats";
import { bytes, number } from "../../lib/text";
import { daysBack, hoursKept } from "./range";

const format = (value: number, options: Intl.NumberFormatOptions) =>
  numberFormat(locale(), options).format(value);
const inUnit = (value: number, unit: string) =>
  format(value, { style: "unit", unit, unitDisplay: "short", maximumFractionDigits: 1 });

const inDollars = { style: "currency", currency: "USD", currencyDisplay: "narrowSymbol" } as const;
const short = { notation: "compact", maximumFractionDigits: 1 } as const;

export const dollars = (value: number) => format(value, inDollars);

export function percentOf(value: number): string {
  return format(value / 100, { style: "percent", maximumFractionDigits: 1 });
}

function lasting(seconds: number): string {
  if (seconds < 90) return inUnit(seconds, "second");
  if (seconds < 5400) return inUnit(seconds / 60, "minute");
  return seconds < 172_800 ? inUnit(seconds / 3600, "hour") : inUnit(seconds / 86_400, "day");
}

// A value by its unit; a dash where it is not known.
export function inWords(unit: Unit, value: number | null | undefined): string {
  if (value === null || value === undefined) return "–";
  if (unit === "bytes") return value < 0 ? `−${bytes(-value)}` : bytes(value);
  if (unit === "percent") return percentOf(value);
  if (unit === "dollars") return dollars(value);
  if (unit === "milliseconds") {
    return value < 10_000 ? inUnit(value, "millisecond") : lasting(value / 1000);
  }
  return unit === "seconds" ? lasting(value) : number(value);
}

// Short, for an axis: 40K.
export function onAxis(unit: Unit, value: number): string {
  if (unit === "count") return format(value, short);
  return unit === "dollars" ? format(value, { ...short, ...inDollars }) : inWords(unit, value);
}

// By how much it grew since before: "+1.3%"; "" where that cannot be said.
export function grown(value: number | null, before: number | null | undefined): string {
  if (value === null || !before) return "";
  return format((value - before) / Math.abs(before), {
    style: "percent",
    maximumFractionDigits: 1,
    signDisplay: "exceptZero",
  });
}

const looks: Readonly<Record<Step, Intl.DateTimeFormatOptions>> = {
  hour: { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" },
  day: { day: "numeric", month: "short" },
  week: { day: "numeric", month: "short" },
  month: { month: "short", year: "numeric" },
};

const dated = (options: Intl.DateTimeFormatOptions, iso: string) =>
  dateFormat(locale(), { ...options, timeZone: "UTC" }).format(new Date(iso));

export const tick = (step: Step, iso: string) => dated(looks[step], iso);

// Whole: with its year.
export function moment(step: Step, iso: string): string {
  return dated({ ...looks[step], year: "numeric" }, iso);
}

export function span(from: string, to: string | number): string {
  const options = { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" } as const;
  return dateFormat(locale(), options).formatRange(new Date(from), new Date(to));
}

// Where the words of something are looked for: at its places ("figure", "chart", "table"), the
// nearest first, then at the thing itself.
export const keysOf = (id: string, ...places: string[]): string[] =>
  [...places, "id"].map((place) => `${place}.${id.replaceAll(" ", "_")}`);

// What the server calls something, in words; else its own, of a later version.
export function nameOf(id: string, ...places: string[]): string {
  for (const key of keysOf(id, ...places)) if (says(key)) return t(key);
  const week = /^week(\d+)$/.exec(id)?.[1];
  return week === undefined ? id.replaceAll("_", " ") : t("analytics.week", { n: Number(week) });
}

// Of a series: the CPU time of "media" is not spent on the requests of that name.
export const placesOfSeries = (chart: string) => [`series.${chart}`, "series"] as const;

// Columns of texts that are the server's own words, and where the words for them stand.
export const placesOfCells: Readonly<Record<string, string>> = {
  decision: "decided",
  reason: "reason",
  route: "series",
};

// How far back there is all that a table, or a chart by the hour, is of.
const kept: Readonly<Record<string, readonly [days: number, said: Key]>> = {
  hours: [hoursKept, "analytics.kept_hours"],
  popular_photos: [100, "analytics.kept_views"],
  popular_people: [100, "analytics.kept_views"],
  words: [90, "analytics.kept_words"],
  words_without_result: [90, "analytics.kept_words"],
};

// What is missing in a table, or in "hours", of days from `from` on; "" where nothing is.
export function missingIn(what: string, from: string, now: number): string {
  const [days, said] = kept[what] ?? [];
  if (days === undefined || said === undefined) return "";
  return from < daysBack(days, now).from ? t(said, { n: days }) : "";
}

const units: Partial<Record<CellKind, Unit>> = {
  count: "count",
  bytes: "bytes",
  percent: "percent",
  milliseconds: "milliseconds",
  seconds: "seconds",
  dollars: "dollars",
};

// How the cells of a kind that is a number are written; undefined for words.
export const unitOf = (kind: CellKind): Unit | undefined => units[kind];
